import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { mobile, recordNumber, text, wholeNumber } from '../../common/validation/fields';
import { webAddress } from '../../common/validation/links';
import { wechatCode } from '../wechat-clients/wechat-code';
import { SEXES } from './member.schema';

const phoneCode = wechatCode.meta({
  description: 'wx.getPhoneNumber 得到的 code，只能用一次',
  example: '1a2B3c4D5e6F',
});

export class MemberRegisterDto extends createZodDto(
  z.object({
    phone_code: phoneCode,
    login_code: wechatCode,
    inviter_id: recordNumber.nullish().meta({ description: '邀请人', example: 289 }),
  }),
) {}

export class MemberLoginDto extends createZodDto(z.object({ login_code: wechatCode })) {}

/** Only what is sent is changed. */
export class UpdateInfoDto extends createZodDto(
  z.object({
    avatar: z
      .union([z.literal(''), webAddress])
      .optional()
      .meta({
        description: '头像地址，先用 /img/upload 上传',
        example: 'https://cdn.example.cn/avatar/4882.png',
      }),
    name: text(32, 1).optional().meta({ description: '昵称', example: '小周' }),
    sex: wholeNumber(0, 2)
      .pipe(z.literal(SEXES))
      .optional()
      .meta({ description: '0 未知，1 男，2 女', example: 1 }),
    phone: mobile.optional(),
    phone_code: phoneCode
      .optional()
      .meta({ description: '换手机号时必填：新手机号的 wx.getPhoneNumber code' }),
  }),
) {}

const areaId = wholeNumber(0, Number.MAX_SAFE_INTEGER);

export class UpdateGeoDto extends createZodDto(
  z.object({
    first_area_id: areaId.default(0).meta({ description: '省级区划', example: 1 }),
    second_area_id: areaId.default(0).meta({ description: '市级区划', example: 101 }),
    third_area_id: areaId.default(0).meta({ description: '区县级区划', example: 1001 }),
    address: text(512).default('').meta({ description: '地址', example: '北京市朝阳区建国路 88 号' }),
    longitude: z.number().min(-180).max(180).meta({ description: '经度', example: 116.3974 }),
    latitude: z.number().min(-90).max(90).meta({ description: '纬度', example: 39.9093 }),
  }),
) {}

export const loggedIn = z.strictObject({
  user_info: z.strictObject({ id: z.int().meta({ example: 298 }) }),
});
export type LoggedIn = z.infer<typeof loggedIn>;

export const memberInfo = z.strictObject({
  user_id: z.int().meta({ example: 298 }),
  avatar: z.string().meta({ example: 'https://cdn.example.cn/avatar/4882.png' }),
  name: z.string().meta({ example: '小周' }),
  sex: z.literal(SEXES).meta({ example: 1 }),
  phone: z.string().meta({ example: '13811111234' }),
});
export type MemberInfo = z.infer<typeof memberInfo>;
