import type { MiniProgramCredentials } from '../credentials';
import { jpeg } from '../pictures/jpeg';
import { patternOf } from '../pictures/pattern';
import { png, type Rgb } from '../pictures/png';
import type { Picture, PlatformRoute } from '../platform/platform';
import type { Account } from '../wechat-shared/account';
import { isObject, type JsonObject } from '../wechat-shared/body';
import { MinuteQuota } from '../wechat-shared/minute-quota';
import { refusal } from '../wechat-shared/refusals';
import type { Pages } from './pages';

const SCENE = /^[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}$/;
const ENVIRONMENTS = ['release', 'trial', 'develop'];
const WIDTH_PX = { least: 280, usual: 430, most: 1280 };
const CODES_PER_MINUTE = 5000;

/** getwxacodeunlimit: a picture, or a refusal in JSON. */
export class CodeImages {
  readonly quota = new MinuteQuota(CODES_PER_MINUTE, 45009);
  readonly route: PlatformRoute;

  constructor(
    account: Account<MiniProgramCredentials>,
    private readonly pages: Pages,
  ) {
    this.route = account.post('/wxa/getwxacodeunlimit', (body) => this.draw(body));
  }

  reset(): void {
    this.quota.reset();
  }

  private draw(body: JsonObject): Picture {
    this.quota.use();
    const { scene, page, width = WIDTH_PX.usual, env_version: environment = 'release' } = body;
    if (typeof scene !== 'string' || !SCENE.test(scene)) throw refusal(40169);
    if (page !== undefined && page !== '') this.pages.check(page, flag(body, 'check_path', true));
    if (!ENVIRONMENTS.includes(environment as string)) throw refusal(40097);
    const pattern = patternOf(JSON.stringify([page, scene]), checkedWidth(width));
    const colour = lineColour(body);
    return flag(body, 'is_hyaline', false) ? png(pattern, colour) : jpeg(pattern, colour);
  }
}

function checkedWidth(width: unknown): number {
  if (typeof width !== 'number') throw refusal(47001);
  if (!Number.isInteger(width) || width < WIDTH_PX.least || width > WIDTH_PX.most) throw refusal(40097);
  return width;
}

function flag(body: JsonObject, name: string, usual: boolean): boolean {
  const value = body[name] ?? usual;
  if (typeof value !== 'boolean') throw refusal(47001);
  return value;
}

/** Black unless `line_color` says otherwise, which counts only without `auto_color`. */
function lineColour(body: JsonObject): Rgb {
  const { line_color: colour = { r: 0, g: 0, b: 0 } } = body;
  if (!isObject(colour)) throw refusal(47001);
  const channels = [colour['r'], colour['g'], colour['b']].map(channel);
  return flag(body, 'auto_color', false) ? [0, 0, 0] : (channels as unknown as Rgb);
}

/** WeChat takes 0 to 255 as a number or as its digits. */
function channel(value: unknown): number {
  const digits = typeof value === 'number' ? String(value) : value;
  if (typeof digits !== 'string' || !/^\d{1,3}$/.test(digits) || Number(digits) > 255) throw refusal(40097);
  return Number(digits);
}
