/** Lines of four kinds, the last of a portal whose names are its own. */
export const readExample: string = [
  '203.0.113.9 - - [22/Nov/2026:10:00:00 +0700] "POST /Portals/0/anh.aspx HTTP/1.1" 200 512 "-" "Mozilla/5.0"',
  '<134>Nov 22 10:00:01 vpn-01 sshd[811]: Failed password for root from 203.0.113.9 port 51022 ssh2',
  'date=2026-11-22 time=10:00:02 devname="FG-TSLCD" logid="0100032002" type="event" subtype="system" level="alert" logdesc="Admin login failed" user="admin" srcip=203.0.113.9',
  '{"thoi_gian":"2026-11-22T10:00:03+07:00","nguoi_dung":"nva","thao_tac":"dang_nhap","ket_qua":"that_bai","dia_chi":"203.0.113.9"}',
].join('\n');
