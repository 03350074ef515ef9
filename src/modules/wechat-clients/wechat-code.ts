import { z } from 'zod';

/** A code that WeChat gave to the mini-program. */
export const wechatCode = z
  .string()
  .trim()
  .min(1)
  .max(256)
  .meta({ description: 'wx.login 得到的 code，只能用一次', example: '0a1B2c3D4e5F6g7H' });
