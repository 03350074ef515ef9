import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { recordNumber, text } from '../../common/validation/fields';

export class JobIdParam extends createZodDto(z.object({ id: recordNumber })) {}

export class TakeDownDto extends createZodDto(
  z.object({
    reason: text(200, 1).meta({ description: '下架原因，发布者能看到', example: '内容与招聘无关' }),
  }),
) {}

export const takenDownJob = z.strictObject({
  id: z.int().meta({ example: 1234 }),
  memberId: z.int().meta({ example: 298 }),
  positions: z.string().meta({ example: '保洁' }),
  status: z.int().meta({ example: 3 }),
  reason: z.string().meta({ example: '内容与招聘无关' }),
  takenDownAt: z.iso.datetime().nullable(),
  takenDownBy: z.string().nullable(),
});
export type TakenDownJob = z.infer<typeof takenDownJob>;
