import { createHash } from 'node:crypto';

const STYLE =
  'body{margin:0;min-height:100vh;display:grid;place-items:center;background:#f4f6f5;color:#1c2524;' +
  'font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}' +
  'main{max-width:22rem;padding:2rem;text-align:center}h1{font-size:1.25rem;margin:0 0 .5rem}p{margin:0;color:#4a5755}';

/** What somebody gets who opens an address below /h5 that is no page: it needs no other file. */
export const NOT_FOUND_PAGE = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>页面不存在</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>页面不存在</h1>
<p>请检查链接是否完整。参加视频面试，请重新打开收到的邀请链接，或重新扫描二维码。</p>
</main>
</body>
</html>
`;

/** Lets in that page's style and nothing else. */
export const NOT_FOUND_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');
