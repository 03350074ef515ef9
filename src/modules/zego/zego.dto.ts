import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { guestId, roomId, userName, zegoUserId } from '../interview/interview.dto';

const expireTime = z
  .int()
  .min(60)
  .max(86_400)
  .default(7200)
  .meta({ description: 'Token 的有效秒数，60–86400', example: 7200 });

export class GenerateTokenDto extends createZodDto(
  z.object({
    userId: zegoUserId.meta({ description: '本人账号编号，或房间的 hostZegoUserId' }),
    userName,
    roomId,
    expireTime,
  }),
) {}

export class GenerateGuestTokenDto extends createZodDto(
  z.object({ roomId, userId: guestId, userName, expireTime }),
) {}

export const zegoToken = z.strictObject({
  token: z.string().meta({ example: '04AAAAAGXXX…' }),
  appId: z.int().meta({ example: 1234567890 }),
  userId: z.string().meta({ example: 'guest_5b1e0c9a7d3f4e2b8a6c1d0e9f7b3a52' }),
  roomId: z.string().meta({ example: 'room_1234567_abc' }),
  expireTime: z.int().meta({ description: '有效秒数', example: 7200 }),
});
export type ZegoToken = z.infer<typeof zegoToken>;

export const zegoConfig = z.strictObject({
  mode: z
    .enum(['zego', 'sandbox'])
    .meta({ description: 'zego：可以视频；sandbox：未配置视频服务，页面其余部分照常', example: 'zego' }),
  appId: z.int().nullable().meta({ example: 1234567890 }),
  server: z
    .string()
    .nullable()
    .meta({ description: 'Web SDK 连接的地址', example: 'wss://webliveroom1234567890-api.zego.im/ws' }),
});
export type ZegoConfig = z.infer<typeof zegoConfig>;
