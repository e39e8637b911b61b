"""Lines of every vendor's configurations and outputs with invented secrets between « and »."""

# ruff: noqa: E501 - a line stands on one line, as the device prints it
from __future__ import annotations

from typing import NamedTuple

PLANTED: dict[str, str] = {
    "cisco_ios": """\
enable secret 5 «$1$kQ3v$Zt1nq8Yv0pLr5sWx7uTe2.»
enable secret 9 «$9$Xq2vT9sLw1kRpE$aB4dF6hJ8lN0pQ2sU4wY6zA8cE0gI2kM4oQ6sU8wY0a»
enable secret 8 «$8$dsYGNam3K1SIJO$7nv/35M/qr6t.dVc7UY9zrJDWRVqncHub1PE9UlMQFs»
enable secret level 7 5 «$1$abCd$0123456789abcdefghijkl»
enable password 7 «094F471A1A0A57»
enable password «Plum-Orchard-17»
username ops privilege 15 secret 5 «$1$mERr$hx5rVt7rPNoS4wqbXKX7m0»
username ops privilege 15 secret 9 «$9$nhEmQVczB7dqsO$X.HsgL6x1il0RxkOSSvyQYwucySCt7qFm4v7pqCxkKM»
username ops password 0 «Gr4vel.Road»
username night password 7 «045802150C2E1D1C5A»
username x common-criteria-policy P secret 8 «$8$Tq7dZ1lXwR0cYE$qwertyuiopasdfghjklzxcvbnm0123456789ABCDEFG»
snmp-server community «Tulip8Field» RO 10
snmp-server community «Wr1teTulip» view ALL RW SNMP-ACL
snmp-server host 192.0.2.10 version 2c «TrapTulip9» bgp
snmp-server host 192.0.2.10 vrf MGMT version 2c «TrapTulip9»
snmp-server host 192.0.2.10 «OldTulip1»
snmp-server host 192.0.2.10 informs version 2c «InfTulip2» config
snmp-server user mon MONGRP v3 auth sha «AuthMaple55» priv aes 128 «PrivMaple66»
snmp-server user mon MONGRP v3 encrypted auth md5 «0123AuthMaple» priv 3des «PrivMapleXX» access 10
tacacs-server host 192.0.2.20 key 7 «13061E010803557878»
tacacs-server key «Birch.Tree.9»
 key 7 «02050D48080957»
 key 6 «dNdTTfBDXh^PQHAAAB»
 key «CedarKey.44»
 pac key 7 «1304131F0202574F»
radius-server host 192.0.2.30 auth-port 1812 acct-port 1813 timeout 5 key 7 «070C285F4D06485744»
radius-server key 7 «110A1016141D5A5E57»
 server-private 192.0.2.21 auth-port 1645 acct-port 1646 key «Willow77»
 client 192.0.2.22 server-key 7 «09424B1D1A0A1913053E»
 key-string 7 «060506324F41584B»
 key-string «Open Sesame 42»
 key-string 6 «KRQRbFLdaDLYXgSIBhAAB»
ip ospf message-digest-key 1 md5 7 «08701E1D5D4C53»
ip ospf message-digest-key 5 md5 «OspfElm12»
ip ospf authentication-key «ElmKey1»
 area 0 virtual-link 10.0.0.9 message-digest-key 2 md5 7 «14141B180F0B29»
 neighbor 192.0.2.1 password 7 «0822455D0A16544541»
 neighbor 192.0.2.2 password «BgpHazel.3»
 isis password «IsisOak7» level-2
 isis authentication-key 7 «13351601181B0B38»
 area-password «AreaOak8»
 domain-password «DomainOak9» authenticate snp validate
 standby 10 authentication «HsrpFir1»
 standby 10 authentication md5 key-string 7 «0101100A5E0E»
 vrrp 5 authentication text «VrrpFir2»
 glbp 3 authentication md5 key-string «GlbpFir3»
 authentication mode hmac-sha-256 7 «05331A35725F5A»
ntp authentication-key 1 md5 «0305480F03067D» 7
crypto isakmp key «IkePine.5» address 198.51.100.7
crypto isakmp key 6 «XJ\\KVJYZDQ[MZfBfIb» address 0.0.0.0 0.0.0.0
 pre-shared-key address 198.51.100.8 key «RingPine6»
 pre-shared-key local «LocPine7»
 pre-shared-key remote 6 «RemPine^8X»
 pre-shared-key hex «0A1B2C3D4E5F60718293»
ip nhrp authentication «NhrpAsh»
 ppp chap password 7 «121A0C0411045D»
 ppp pap sent-username bob@isp password 0 «PapYew.4»
ip ftp password 7 «0307530E0A2E5B»
l2tp tunnel password 7 «1511021F0725»
vtp password «VtpLarch1»
 wpa-psk ascii 0 «WifiRowan77»
 security wpa psk set-key ascii 0 «WifiRowan88»
 encryption key 1 size 128bit 7 «4B5C6D7E8F90A1B2C3D4E5F601» transmit-key
cts credentials id SW1 password 7 «0832494D1B1C11»
 cts sap pmk «0000ABCD0000ABCD0000ABCD» mode-list gcm-encrypt
cts sxp default password 7 «10400E1C0B1B»
 key-octet-string 7 «075E731F1A5C4F» cryptographic-algorithm aes-128-cmac
dot1x username phone password 7 «13151601181B54»
 eap password 0 «EapSpruce2»
key config-key password-encrypt «MasterAlder99»
ip msdp password peer 192.0.2.77 7 «0518030C22495A»
mpls ldp neighbor 10.9.9.9 password 7 «1400171F0F0A7B»
 action 1.0 cli command "username temp privilege 15 password 0 «EemHolly3»"
 action 2.0 cli command "copy scp://bkp:«ScpHolly4»@192.0.2.5/cfg nvram:"
archive path ftp://bkp:«FtpHolly5»@192.0.2.6/$h
ip http client password 0 «WebHolly6»
*Nov 23 14:03:27.104: %PARSER-5-CFGLOG_LOGGEDCMD: User:bob  logged command:username temp secret «LogHolly7»
Nov 23 14:03:28 UTC: %PARSER-5-CFGLOG_LOGGEDCMD: User:bob  logged command:snmp-server community «LogHolly8» RO
 crypto pki import TP pkcs12 flash:x.p12 password «P12Holly9»
Password: «TypedIvy1»
    key 1 -- text "«ChainIvy2»"
""",
    "cisco_nxos": """\
username admin password 5 «$5$GHJKLM$9sWx7uTe2Zt1nq8Yv0pLr5sWx7uTe2Zt1nq8Yv0pLr5»  role network-admin
snmp-server user admin network-admin auth md5 «0x5b2f0c31d9f3c9e6a1b2c3d4e5f60718» priv «0x1b2f0c31d9f3c9e6a1b2c3d4e5f60718» localizedkey
snmp-server user mon network-operator auth sha «0x7b2f0c31d9f3c9e6a1b2c3d4e5f6071811223344» priv aes-128 «0x8b2f0c31d9f3c9e6a1b2c3d4e5f60718» localizedkey
snmp-server community «NexTulip1» group network-operator
snmp-server host 192.0.2.10 traps version 2c «NexTulip2»
snmp-server host 192.0.2.10 use-vrf management version 2c «NexTulip3»
tacacs-server host 192.0.2.20 key 7 «"fewhg123"»
radius-server host 192.0.2.20 key 7 «"VagwwtFjq"» authentication accounting
    authentication md5 key-string «NexFir4»
    authentication text «NexFir5»
  Authentication MD5, key-string "«NexFir6»"
ip ospf message-digest-key 1 md5 3 «a667d47acc18ea6b»
    password 3 «9125d59c18a9b015»
    isis authentication key-chain ignored password «NexOak1»
ntp authentication-key 42 md5 «rIbsGrjb» 7
feature password encryption aes key «NexMaster7»
""",
    "cisco_xr": """\
 secret 10 «$6$Yt2vq0Zk1mN3$Hj5Kl7Mn9Pq1Rs3Tu5Vw7Xy9Za1Bc3De5Fg7Hi9Jk1Lm3No5Pq7Rs9Tu1Vw3Xy5Za7Bc9De1Fg3»
 secret 5 «$1$Xr1q$Lm3No5Pq7Rs9Tu1Vw3Xy5.»
 password 7 «104D000A061843»
  key-string password «0822455D0A16»
   message-digest-key 1 md5 encrypted «070C285F4D06»
  password encrypted «13061E01080344»
 lsp-password hmac-md5 encrypted «0822455D0A1649»
 hello-password hmac-md5 encrypted «094F471A1A0A11»
snmp-server community «XrTulip1» RO SystemOwner
snmp-server community encrypted «0010060D0A55» RO
snmp-server user mon GRP v3 auth md5 encrypted «104D000A0618» priv aes 128 encrypted «060506324F41»
snmp-server host 192.0.2.10 traps version 2c encrypted «01100F175804»
tacacs-server host 192.0.2.20 port 49
 key 7 «1511021F0725»
  text-authentication «XrVrrp1»
 authentication-key 1 md5 encrypted «14141B180F0B»
""",
    "arista_eos": """\
username admin privilege 15 role network-admin secret sha512 «$6$EosSalt1$Wx7uTe2Zt1nq8Yv0pLr5sWx7uTe2Zt1nq8Yv0pLr5sWx7uTe2Zt1nq8Yv0pLr5s»
username bob secret 0 «EosPlum1»
enable password sha512 «$6$EosSalt2$aB4dF6hJ8lN0pQ2sU4wY6zA8cE0gI2kM4oQ6sU8wY0a»
   neighbor 192.0.2.1 password 7 «yzKsbUQGTFXkbjCYpyAkRw==»
   neighbor SPINES password 7 «AQQvKeimxJu+uGQ/yYvv9w==»
tacacs-server key 7 «0110021A0A1D5A»
tacacs-server host 192.0.2.20 vrf MGMT key 7 «09685E0A1C36»
radius-server host 192.0.2.20 key 7 «0110021A0A1D5B»
snmp-server community «EosTulip1» ro
snmp-server user mon GRP v3 localized f5717f444ca8 auth sha «1a2b3c4d5e6f708192a3b4c5d6e7f80912345678» priv aes «0f1e2d3c4b5a69788796a5b4c3d2e1f0»
snmp-server host 192.0.2.10 version 2c «EosTulip2»
   ip ospf message-digest-key 1 md5 7 «pL4PqMWMqKw7vT0q1mVYHQ==»
   authentication-key 7 «KoMcqHjbBQMHIJ2hZKJpUw==»
   authentication key 7 «j5xPqMWMqKw7vT0q1mVYHR==»
ntp authentication-key 1 md5 7 «06070D221D1C5A»
ntp authentication-key 2 sha1 «EosNtp2»
   vrrp 1 peer authentication text «EosVrrp1»
   exec /usr/bin/TerminAttr -cvaddr=192.0.2.9:9910 -cvauth=key,«EosIngest9» -cvvrf=MGMT
   key «0abc1234» 7 «06070D221D1C5B» fallback
   shared-key 7 «0110021A0A1D5C»
   auth-secret «EosAuthSecret1»
Community name: «EosShown1»
""",
    "brocade_fastiron": """\
enable super-user-password 8 «$1$FiAbCdEf$Zt1nq8Yv0pLr5sWx7uTe20»
enable read-only-password «FiPlum1»
enable port-config-password «FiPlum2»
enable telnet password «FiPlum3»
username ops password 8 «$1$GiAbCdEf$Yt1nq8Yv0pLr5sWx7uTe20»
username ops privilege 5 password «FiPlum4»
snmp-server community 2 «$U2kyXj1k» ro
snmp-server community «FiTulip1» rw
snmp-server host 192.0.2.10 version v2c «FiTulip2»
snmp-server user mon GRP v3 encrypted auth md5 «1234567890abcdef1234567890abcdef» priv encrypted des «abcdef1234567890abcdef1234567890»
radius-server key 2 «$d3NpZ0BVXFpJ»
radius-server host 192.0.2.20 auth-port 1645 acct-port 1646 default key 2 «$d3NpZ0BVXFpK»
tacacs-server key 2 «$d3NpZ0BVXFpL»
 ip ospf authentication-key «FiElm1»
 ip ospf md5-authentication key-id 1 key «FiElm2»
 neighbor 192.0.2.1 password 2 «$b24tZz09QTE=»
 ip vrrp auth-type simple-text-auth «FiVrrp1»
 ip vrrp-extended auth-type simple-text-auth «FiVrrp2»
""",
    "hp_procurve": """\
password manager user-name "admin" sha1 "«8843d7f92416211de9ebb963ff4ce28125932878»"
password manager sha1 "«7c4a8d09ca3762af61e59520943dc26494f8941b»"
password operator plaintext "«PcPlum1»"
password manager user-name ops plaintext «PcPlum2»
snmp-server community "«PcTulip1»" operator
snmp-server community "«PcTulip2»" manager unrestricted
snmpv3 user "mon" auth md5 "«PcAuth11»" priv des "«PcPriv11»"
snmpv3 user mon auth «PcAuth22» priv «PcPriv22»
snmp-server host 192.0.2.10 community "«PcTulip3»" trap-level all
radius-server host 192.0.2.20 key "«PcBirch1»"
radius-server host 192.0.2.20 encrypted-key "«h8k2m4n6p8q0=»"
radius-server key "«PcBirch2»"
tacacs-server host 192.0.2.20 key "«PcBirch3»"
aaa port-access supplicant 1 secret "«PcSpruce1»"
""",
    "aruba_aoscx": """\
user admin group administrators password ciphertext «AQBapbYQ7kXm3nQyBmTqUuZsXkXkAAJXnGbV0p3Xq1Zs9kQ=»
user ops group operators password plaintext «CxPlum1»
snmp-server community «CxTulip1»
snmpv3 user mon auth sha auth-pass ciphertext «AQBapeW2JwV8mYkPqKc7LrT9sXvXkAAJXnGbV0p3Xq1Zs9kA=» priv aes priv-pass ciphertext «AQBapfX3KxW9nZlQrLd8MsU0tYwYlBBKYoHcW1q4Yr2At0l=»
snmpv3 user mon auth md5 auth-pass plaintext «CxAuth11» priv des priv-pass plaintext «CxPriv11»
snmp-server host 192.0.2.10 trap version v2c community «CxTulip2»
radius-server host 192.0.2.20 key ciphertext «AQBapcRt5uVw7xYz9aBc1dEf3gHi5jKl7mNo9pQr1sTu3vWx=»
tacacs-server key plaintext «CxBirch1»
    neighbor 192.0.2.1 password ciphertext «AQBapdSu6vWx8yZa0bCd2eFg4hIj6kLm8nOp0qRs2tUv4wXy=»
    ip ospf authentication-key ciphertext «AQBapeTv7wXy9zAb1cDe3fGh5iJk7lMn9oPq1rSt3uVw5xYz=»
    ip ospf message-digest-key 1 md5 plaintext «CxElm1»
ntp authentication-key 1 sha1 ciphertext «AQBapfUw8xYz0aBc2dEf4gHi6jKl8mNo0pQr2sTu4vWx6yZa=»
    key 1 key-string ciphertext «AQBapgVx9yZa1bCd3eFg5hIj7kLm9nOp1qRs3tUv5wXy7zAb=»
    wpa passphrase «CxRowan12»
""",
    "juniper_junos": """\
set system root-authentication encrypted-password "«$6$JuSalt01$Wx7uTe2Zt1nq8Yv0pLr5sWx7uTe2Zt1nq8Yv0pLr5s»"
set system login user ops authentication encrypted-password "«$5$JuSalt02$Wx7uTe2Zt1nq8Yv0pLr5sWx7uTe2»"
set system radius-server 192.0.2.20 secret "«$9$uTe2Zt1nq8Yv0pLr»"
set system tacplus-server 192.0.2.20 secret "«$9$vTe2Zt1nq8Yv0pLr»"
set snmp community «JuTulip1» authorization read-only
set snmp trap-group «JuTulip2» targets 192.0.2.10
set snmp v3 usm local-engine user mon authentication-sha authentication-key "«$9$wTe2Zt1nq8Yv0pLr»"
set snmp v3 usm local-engine user mon privacy-aes128 privacy-key "«$9$xTe2Zt1nq8Yv0pLr»"
set snmp v3 usm local-engine user mon authentication-sha authentication-password «JuAuth11»
set protocols bgp group EXT authentication-key "«$9$yTe2Zt1nq8Yv0pLr»"
set protocols ospf area 0.0.0.0 interface ge-0/0/0.0 authentication md5 1 key "«$9$zTe2Zt1nq8Yv0pLr»"
set protocols isis level 2 authentication-key «JuOak1»
set security ike policy P pre-shared-key ascii-text "«$9$aTe2Zt1nq8Yv0pLr»"
set security authentication-key-chains key-chain KC key 0 secret "«$9$bTe2Zt1nq8Yv0pLr»"
set system ntp authentication-key 1 type md5 value "«$9$cTe2Zt1nq8Yv0pLr»"
set security macsec connectivity-association CA pre-shared-key cak "«$9$dTe2Zt1nq8Yv0pLr»"
        encrypted-password "«$6$JuSalt03$Wx7uTe2Zt1nq8Yv0pLr5s»"; ## SECRET-DATA
            secret "«$9$eTe2Zt1nq8Yv0pLr»"; ## SECRET-DATA
    community «JuTulip3» {
            md5 1 key "«$9$fTe2Zt1nq8Yv0pLr»"; ## SECRET-DATA
            authentication-key «JuElm1»;
            pre-shared-key ascii-text "«$9$gTe2Zt1nq8Yv0pLr»"; ## SECRET-DATA
set interfaces ge-0/0/0 unit 0 family inet address 192.0.2.1/24 vrrp-group 1 authentication-key "«$9$hTe2Zt1nq8Yv0pLr»"
set system archival configuration archive-sites "ftp://bkp:«JuHolly1»@192.0.2.6/cfg"
""",
    "paloalto_panos": """\
set mgt-config users admin phash «fnRL/G5lXVMug»
set mgt-config users ops phash «$1$PaSalt01$Wx7uTe2Zt1nq8Yv0pLr5s.»
set deviceconfig system snmp-setting access-setting version v2c snmp-community-string «PaTulip1»
set deviceconfig system snmp-setting access-setting version v3 users mon authpwd «-AQ==Xk1Yl2Zm3An4Bo5Cp6Dq7Er8Fs9Gt0=»
set deviceconfig system snmp-setting access-setting version v3 users mon privpwd «-AQ==Yl2Zm3An4Bo5Cp6Dq7Er8Fs9Gt0Hu1=»
set network ike gateway GW authentication pre-shared-key key «-AQ==Zm3An4Bo5Cp6Dq7Er8Fs9Gt0Hu1Iv2=»
set shared server-profile radius R server S secret «-AQ==An4Bo5Cp6Dq7Er8Fs9Gt0Hu1Iv2Jw3=»
set network virtual-router default protocol bgp auth-profile A secret «-AQ==Bo5Cp6Dq7Er8Fs9Gt0Hu1Iv2Jw3Kx4=»
set shared server-profile ldap L bind-password «PaLdap11»
            <phash>«$1$PaSalt02$Wx7uTe2Zt1nq8Yv0pLr5s.»</phash>
            <key>«-AQ==Cp6Dq7Er8Fs9Gt0Hu1Iv2Jw3Kx4Ly5=»</key>
            <snmp-community-string>«PaTulip2»</snmp-community-string>
            <bind-password>«PaLdap22»</bind-password>
            <authpwd>«PaAuth33»</authpwd>
            <private-key>«-AQ==Dq7Er8Fs9Gt0Hu1Iv2Jw3Kx4Ly5Mz6=»</private-key>
  <response status = 'success'><result><key>«LUFRPT14MW5xOEYv0pLr5s»</key></result></response>
https://192.0.2.1/api/?type=op&api_key=«PaApi77xyz»
""",
    "frr": """\
password «FrPlum1»
enable password «FrPlum2»
password 8 «wX7uTe2Zt1nq8»
 neighbor 192.0.2.1 password «FrHazel1»
 ip ospf message-digest-key 1 md5 «FrElm1»
 ip ospf authentication-key «FrElm2»
 ip rip authentication string «FrRip1»
 isis password md5 «FrOak1»
 area-password clear «FrOak2»
  key-string «FrIvy1»
rocommunity «FrTulip1» default
createUser mon SHA "«FrAuth11»" AES "«FrPriv11»"
2026/11/23 14:03:27 BGP: vty[21]@(config-router)# neighbor 192.0.2.1 password «FrHazel2»
""",
    "clouds": """\
export AWS_SECRET_ACCESS_KEY=«wJalrXUtnFEMIK7MDENGbPxRfiCYinventedKY1»
aws_access_key_id = «AKIAQ3INVENTED7XYZAB»
Authorization: Bearer «abcDEF123456ghiJKL789»
api_token: «Tok3nTok3nTok3n»
{"user": "bob", "password": "«JsonPlum1»", "port": 22}
git clone https://bot:«ghp_0123456789abcdefABCDEF0123456789abcd»@git.example.net/x.git
 remote-credential unknown-password «FutureVendor1»
 fancy-vendor-key «FutureVendor2»
""",
    "manual_keys": """\
 ospfv3 authentication ipsec spi 500 sha1 «123456789A123456789B123456789C123456789D»
 ipv6 ospf encryption ipsec spi 1001 esp aes-cbc 128 «0123456789ABCDEF0123456789ABCDEA» sha1 «9A123456789B123456789C12345678FF01234567»
 ipv6 ospf authentication ipsec spi 4294967295 md5 «1234567890abcdef1234567890abcdef»
 set session-key inbound esp 256 cipher «0123456789abcdef» authenticator «fedcba9876543210fedc»
 set session-key outbound ah 300 «aabbccddeeff00112233445566778899»
""",
    "after_more_words": """\
 ip nhrp authentication 0 «DmvpnAsh1»
 authentication-key key-id 1 md5 2 «$FiNtpK=»
 authentication-key key-id 2 sha1 «FiNtpElm2»
sntp authentication key-id 1 authentication-mode md5 key-value "«HpSntpOak3»" trusted
      authentication simple "«HpVrrpYew4»"
snmpv3 community index "1" name "«HpV3Fir5»" sec-name "CommunityManagerReadWrite"
snmp mib community-map «MappedPine6» engineid 80000009
            plain-text-password-value "«JnPlainBeech7»";
set groups node0 system root-authentication plain-text-password-value «JsPtAlder8»
set system master-password plain-text-password «JsMastHazel9»
set wlan access-point AP security wpa-personal key ascii-text key-value «JsWpaRowan1»
request master-key new-master-key «PanMasterHolly2» lifetime 8760
request master-key current-master-key «PanMasterIvy3» new-master-key «PanMasterBox4» lifetime 8760
license smart register idtoken «ZmQzYjQtNTY3OC00ZjEy» force
event manager environment _pass «EnvPassBroom5»
 action 1.2 mail server "svc:«M4ilHeath6»@smtp.example.net" to "a@example.net" from "c@example.net" subject "x"
 mail-server svc:«Ch0meGorse7»@192.0.2.9 priority 1
 description uplink pw=«D3scLing8» do not touch
set interfaces st0 unit 1 description "psk is «JsDescReed9»"
""",
    "typed_on_the_jump_host": """\
ansible_ssh_pass: «AnsSedge1»
curl -k -u admin:«CurlRush2» https://192.0.2.1/rest
sshpass -p '«SshMoss3»' ssh admin@192.0.2.1
sshpass -p«SshMoss4» ssh admin@192.0.2.1
snmpwalk -v2c -c «WalkFern5» 192.0.2.1 sysDescr
snmpget -v3 -u mon -l authPriv -a SHA -A «WalkAuth6» -x AES -X «WalkPriv7» 192.0.2.1 sysDescr
test aaa group tacacs+ bob «TestThrift8» legacy
test aaa group radius server 192.0.2.1 bob «TestThrift9» new-code
""",
}  # fmt: skip


class Planted(NamedTuple):
    vendor: str
    line: str
    kept: tuple[str, ...]
    """The pieces of the line around its secrets."""
    secrets: tuple[str, ...]


def planted() -> list[Planted]:
    """Every line as the device prints it, and its secrets (quotes around one are no part of it)."""
    found = []
    for vendor, lines in PLANTED.items():
        for marked in lines.splitlines():
            pieces = marked.replace("»", "«").split("«")
            secrets = tuple(secret.strip('"') for secret in pieces[1::2])
            found.append(Planted(vendor, "".join(pieces), tuple(pieces[::2]), secrets))
    return found
