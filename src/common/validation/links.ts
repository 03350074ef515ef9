import { z } from 'zod';

/** An address that a page may show or open: http(s), or a path on this service's own host; never javascript: or data:. */
export const webAddress = z
  .string()
  .trim()
  .max(1000)
  .refine((value) => /^\/(?!\/)\S*$/.test(value) || isHttp(value), {
    error: '应为 http(s) 地址或以 / 开头的路径',
  })
  .meta({ example: 'https://cdn.example.cn/banner/1.jpg' });

function isHttp(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}
