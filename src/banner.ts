import type { Settings } from './config/settings';
import type { DatabaseServer } from './database/server';
import type { FirstAdminResult } from './modules/users/first-admin';

interface Started {
  url: string;
  settings: Settings;
  database: DatabaseServer;
  sandboxUrl: string | undefined;
  firstAdmin: FirstAdminResult;
}

/** What a person reads when the service is up: where everything is, and what stands in for what. */
export function startupBanner({ url, settings, database, sandboxUrl, firstAdmin }: Started): string {
  const lines = [
    ['服务', url],
    ['接口文档', `${url}/api/docs`],
    ['视频面试', `${url}/h5/host`],
    ['健康检查', `${url}/api/health/ready`],
    [
      '数据库',
      database.embedded
        ? `内置（仅供开发和演示），数据在 ${settings.dataDir}`
        : withoutPassword(database.uri),
    ],
    ['微信', sandboxUrl ? `平台沙箱（仅供开发和演示，不连接真实微信）${sandboxUrl}` : wechatLine(settings)],
    ['视频', videoLine(settings)],
    ...ocrLines(settings, sandboxUrl),
    ['限流计数', settings.env.REDIS_URL ? 'Redis' : '本进程内存'],
    ...missingAdminLines(firstAdmin),
  ];
  return `\n${lines.map(([name, value]) => `  ${name}：${value}`).join('\n')}\n\n`;
}

/** What a person reads when this start has made the first administrator; nothing otherwise. */
export function firstAdminNotice(result: FirstAdminResult): string {
  if (result.kind !== 'made') return '';
  const { username, generatedPassword } = result;
  return generatedPassword
    ? `\n  管理员：${username}  密码 ${generatedPassword}（只显示这一次，请记下并尽快修改）\n`
    : `\n  管理员：已创建 ${username}\n`;
}

function missingAdminLines(result: FirstAdminResult): string[][] {
  if (result.kind !== 'missing') return [];
  const { takenName } = result;
  const how = takenName
    ? `ADMIN_USERNAME=${takenName} 是一个普通员工账号。请换一个登录名后重新启动，` +
      `或运行 npm run admin:reset -- --username ${takenName}，使它成为系统管理员`
    : '请设置 ADMIN_USERNAME 和 ADMIN_PASSWORD 后重新启动，或运行 npm run admin:reset -- --username 登录名';
  return [['管理员', `没有！${how}`]];
}

/** The address as a person on this machine opens it. */
export function localUrl(url: string): string {
  return url.replace('0.0.0.0', 'localhost').replace('[::1]', 'localhost');
}

function wechatLine({ env }: Settings): string {
  const parts = [
    ['小程序', env.WECHAT_APP_ID],
    ['公众号', env.WECHAT_MP_APP_ID],
  ];
  return parts.map(([what, appId]) => `${what} ${appId ?? '未配置'}`).join('，');
}

function videoLine({ zego }: Settings): string {
  if (!zego) return '未配置，面试房间没有音视频';
  return zego.isSandbox ? '平台沙箱，面试房间没有音视频' : `ZEGO ${zego.appId}`;
}

/** On this machine is the default, and needs no word. */
function ocrLines({ tencentOcr }: Settings, sandboxUrl: string | undefined): string[][] {
  if (!tencentOcr) return [];
  const sandboxed = sandboxUrl !== undefined && tencentOcr.endpoint.startsWith(sandboxUrl);
  return [['证件识别', sandboxed ? '平台沙箱（不看图片，总是返回示例证件）' : '腾讯云']];
}

function withoutPassword(uri: string): string {
  return uri.replace(/\/\/[^@/]*@/, '//***@');
}
