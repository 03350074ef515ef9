import { z } from 'zod';

/** An address that a page may show or open: http(s), or a path on this service's own host; never javascript: or data:. */
export const webAddress = z
  .string()
  .trim()
  .max(1000)
  .refine((value) => (/^\/(?![/\\])/.test(value) ? isHarmless(value) : isHttp(value)), {
    error: '应为 http(s) 地址或以 / 开头的路径',
  })
  .meta({ example: 'https://cdn.example.cn/banner/1.jpg' });

/** Nothing that could end the attribute that it is put into. */
function isHarmless(value: string): boolean {
  return !/[\s"<>]/.test(value);
}

function isHttp(value: string): boolean {
  return isHarmless(value) && URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}
