/**
 * What a list must never alarm on, however it got there: names under which everybody registers, services everybody
 * uses, resolvers, and the hashes of nothing. Names below them may be listed (`evil.blogspot.com`), they themselves not.
 */
export const tooCommon: ReadonlySet<string> = new Set(
  `
  com.vn net.vn org.vn edu.vn gov.vn int.vn ac.vn biz.vn info.vn name.vn pro.vn health.vn id.vn io.vn ai.vn
  co.uk org.uk ac.uk gov.uk com.cn net.cn org.cn gov.cn com.au net.au com.br co.jp co.kr co.in co.id co.th com.sg
  com.my com.tw com.hk com.ru com.tr com.mx com.ar co.za co.nz eu.org uk.com us.com
  google.com google.com.vn gmail.com googleapis.com gstatic.com youtube.com googleusercontent.com blogspot.com
  microsoft.com windows.com windowsupdate.com office.com office365.com outlook.com live.com msn.com bing.com azure.com
  azurewebsites.net windows.net sharepoint.com skype.com github.com githubusercontent.com github.io gitlab.com
  apple.com icloud.com amazon.com amazonaws.com cloudfront.net cloudflare.com cloudflare.net akamai.net akamaiedge.net
  fastly.net facebook.com fbcdn.net instagram.com whatsapp.com telegram.org t.me twitter.com x.com linkedin.com
  tiktok.com zoom.us dropbox.com wikipedia.org mozilla.org ubuntu.com debian.org redhat.com oracle.com adobe.com
  digicert.com letsencrypt.org lencr.org globalsign.com sectigo.com verisign.com ntp.org
  zalo.me zaloapp.com zadn.vn vng.com.vn vnexpress.net dantri.com.vn tuoitre.vn vtv.vn coccoc.com viettel.vn
  viettel.com.vn vnpt.vn vnpt.com.vn fpt.vn fpt.com.vn mobifone.vn bkav.com bkav.com.vn vietcombank.com.vn momo.vn
  chinhphu.vn dichvucong.gov.vn vnnic.vn

  8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 149.112.112.112 208.67.222.222 208.67.220.220
  2001:4860:4860::8888 2001:4860:4860::8844 2606:4700:4700::1111 2606:4700:4700::1001

  d41d8cd98f00b204e9800998ecf8427e
  da39a3ee5e6b4b0d3255bfef95601890afd80709
  e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
  cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e
  `
    .split(/\s+/)
    .filter((word) => word !== ''),
);
