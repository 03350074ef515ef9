import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { ROLES } from '../../common/access/principal';
import { recordId, text } from '../../common/validation/fields';
import { wechatCode } from '../wechat-clients/wechat-code';

export class CodeDto extends createZodDto(z.object({ code: wechatCode })) {}

const colour = z.number().int().min(0).max(255);

export class GenerateQrcodeDto extends createZodDto(
  z.object({
    page: z
      .string()
      .trim()
      .max(128)
      .regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/, { error: '应为页面路径，不以 / 开头，不带参数' })
      .meta({ description: '小程序页面', example: 'pages/interview/guest/guest' }),
    scene: z
      .string()
      .min(1)
      .max(32, { error: '最多 32 个字符' })
      .regex(/^[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]+$/, { error: '只能包含字母、数字和部分符号' })
      .meta({ description: '最多 32 个字符', example: 'roomId=room_1234567_abc' }),
    width: z.number().int().min(280).max(1280).default(280).meta({ description: '像素', example: 280 }),
    autoColor: z.boolean().default(false),
    lineColor: z
      .object({ r: colour, g: colour, b: colour })
      .optional()
      .meta({ example: { r: 93, g: 191, b: 179 } }),
  }),
) {}

export class UserIdParam extends createZodDto(z.object({ userId: recordId })) {}

export class QrcodeIdParam extends createZodDto(
  z.object({ id: z.string().regex(/^[0-9a-f]{32}\.(png|jpg)$/, { error: '地址不正确' }) }),
) {}

export class TestMessageDto extends createZodDto(
  z.object({
    userId: recordId,
    message: text(200, 1).meta({ description: '只显示前 20 个字', example: '测试消息' }),
  }),
) {}

const pushText = z.string().max(512).optional();

/** What WeChat adds to the address of a push; it is the signature in it that decides, not its form. */
export class PushQueryDto extends createZodDto(
  z.object({
    signature: pushText,
    timestamp: pushText,
    nonce: pushText,
    echostr: pushText,
    encrypt_type: pushText,
    msg_signature: pushText,
    openid: pushText,
  }),
) {}

const openid = z.string().meta({ example: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' });

export const openidAnswer = z.strictObject({ openid });

export const wechatLoginAnswer = z.strictObject({
  token: z.string().meta({ description: '登录令牌，7 天有效', example: 'eyJhbGciOiJIUzI1NiJ9.…' }),
  userInfo: z.strictObject({
    id: recordId,
    name: z.string().meta({ example: '微信用户' }),
    avatar: z.string().meta({ example: '' }),
    phone: z.string().meta({ description: '中间四位隐藏；没有时为空', example: '138****8000' }),
    openid,
    role: z.enum(ROLES).meta({ example: 'hr' }),
  }),
});
export type WechatLoginAnswer = z.infer<typeof wechatLoginAnswer>;

export const phoneAnswer = z.strictObject({
  phoneNumber: z.string().meta({ example: '13800138000' }),
  purePhoneNumber: z.string().meta({ example: '13800138000' }),
  countryCode: z.string().meta({ example: '86' }),
});

export const qrcodeAnswer = z.strictObject({
  qrcodeUrl: z
    .string()
    .meta({ example: 'https://crm.example.cn/api/wechat/qrcode/0f1e2d3c4b5a69788796a5b4c3d2e1f0.png' }),
  buffer: z.string().meta({ description: '图片内容（base64）', example: 'iVBORw0KGgo=' }),
});
export type QrcodeAnswer = z.infer<typeof qrcodeAnswer>;

export const bindQrcodeAnswer = z.strictObject({
  qrCodeUrl: z.string().meta({ example: 'https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=gQH47joAAAAA' }),
  sceneStr: z.string().meta({ example: 'bind_5f0c6e1d9a8b7c6d5e4f3a2b1c0d9e8f' }),
  expireTime: z.iso.datetime(),
});
export type BindQrcodeAnswer = z.infer<typeof bindQrcodeAnswer>;

export const sentAnswer = z.strictObject({ msgid: z.string().meta({ example: '1000001625' }) });
