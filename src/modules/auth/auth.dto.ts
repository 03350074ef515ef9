import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { ROLES } from '../../common/access/principal';
import { mobile } from '../../common/validation/fields';
import { newPassword } from '../users/passwords';
import { wechatCode } from '../wechat-clients/wechat-code';

export class LoginDto extends createZodDto(
  z.object({
    username: z.string().trim().min(1).max(64).meta({ description: '用户名', example: 'admin' }),
    password: z.string().min(1).max(128).meta({ description: '密码', example: 'correct-horse-9' }),
  }),
) {}

export class ChangePasswordDto extends createZodDto(
  z.object({ oldPassword: z.string().min(1).max(128).meta({ example: 'correct-horse-9' }), newPassword }),
) {}

export class MiniprogramLoginDto extends createZodDto(
  z.object({
    code: wechatCode,
    phone: mobile,
    phoneCode: wechatCode
      .optional()
      .meta({ description: '手机号按钮（getPhoneNumber）得到的 code，首次登录时用来验证手机号' }),
  }),
) {}

const miniprogramUser = z.strictObject({
  id: z.string().meta({ example: '66f1a2b3c4d5e6f708192a3b' }),
  phone: z.string().meta({ example: '13800138000' }),
  name: z.string().meta({ example: '李静' }),
  role: z.enum(ROLES).meta({ example: 'employee' }),
});
export type MiniprogramUser = z.infer<typeof miniprogramUser>;

export const staffProfile = z.strictObject({
  id: z.string().meta({ example: '66f1a2b3c4d5e6f708192a3b' }),
  username: z.string().meta({ example: 'lijing' }),
  name: z.string().meta({ example: '李静' }),
  phone: z.string().nullable().meta({ example: '13800138000' }),
  role: z.enum(ROLES).meta({ example: 'employee' }),
  permissions: z.array(z.string()).meta({ example: ['customers:own', 'customers:create'] }),
});
export type StaffProfile = z.infer<typeof staffProfile>;

const token = z.string().meta({ description: '登录令牌，7 天有效', example: 'eyJhbGciOiJIUzI1NiJ9.…' });
export const loginAnswer = z.strictObject({ token, user: staffProfile });
export const miniprogramLoginAnswer = z.strictObject({ token, user: miniprogramUser });
export const tokenAnswer = z.strictObject({ token });
