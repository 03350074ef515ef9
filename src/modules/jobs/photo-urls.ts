import { z } from 'zod';

export const MOST_PHOTOS = 4;
const LONGEST_URL = 500;
/** An address may hold commas itself; one that separates two stands before the next one's scheme. */
const BETWEEN = /\s*,\s*(?=https?:\/\/)/i;

/**
 * The photos of a job. The mini-program sends them as a list, as a list of one line with commas, as such a line, or as
 * an empty string.
 */
export const photoUrls = z
  .union([z.string(), z.array(z.string())])
  .transform((value, context) => {
    const urls = [value].flat().flatMap(splitUrls);
    const problem = problemOf(urls);
    if (problem === undefined) return urls;
    context.addIssue({ code: 'custom', message: problem });
    return z.NEVER;
  })
  .meta({
    description: `图片地址，最多 ${MOST_PHOTOS} 张，先用 /img/upload 上传；也可以是用逗号分隔的一串`,
    example: ['https://cdn.example.cn/job/1173/1.jpg'],
  });

function splitUrls(line: string): string[] {
  return line
    .trim()
    .split(BETWEEN)
    .map((url) => url.replace(/^[\s,]+|[\s,]+$/g, ''))
    .filter((url) => url !== '');
}

function problemOf(urls: string[]): string | undefined {
  if (urls.length > MOST_PHOTOS) return `最多 ${MOST_PHOTOS} 张图片`;
  if (urls.some((url) => url.length > LONGEST_URL)) return `图片地址不能超过 ${LONGEST_URL} 个字符`;
  return urls.every(isWebAddress) ? undefined : '图片地址应以 http:// 或 https:// 开头';
}

function isWebAddress(url: string): boolean {
  return /^https?:\/\/[^\s"<>]+$/i.test(url) && URL.canParse(url);
}
