import type { Actor, Answer } from './actor';

export const BANNERS = '/api/banners';
export const ARTICLES = '/api/articles';
export const ACCESS_LOG = '/api/miniprogram-access-log';

export function bannerInput(overrides: Record<string, unknown> = {}) {
  return { title: '春节不打烊', imageUrl: 'https://cdn.example.cn/banner/1.jpg', ...overrides };
}

export function articleInput(overrides: Record<string, unknown> = {}) {
  return { title: '月嫂上户前要准备什么', contentRaw: '<p>上户前一天……</p>', ...overrides };
}

export function accessEntry(overrides: Record<string, unknown> = {}) {
  return {
    url: 'https://h5.example.cn/h5/interview?roomId=room_1',
    pathname: '/h5/interview',
    userAgent: 'Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50',
    isWechat: true,
    event: 'page_view',
    ...overrides,
  };
}

/** Creates what `input` says at `path`, and gives the record. */
export async function created(actor: Actor, path: string, input: object): Promise<Answer['body']> {
  const answer = await actor.post(path, input);
  if (answer.status !== 200) throw new Error(`${path} was not created: ${answer.text}`);
  return answer.body.data;
}
