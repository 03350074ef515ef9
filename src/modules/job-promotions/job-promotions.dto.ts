import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { yuanAmount } from '../../common/money/money';
import { recordNumber, wholeNumber } from '../../common/validation/fields';

const job_id = recordNumber.meta({ description: '信息编号', example: 1234 });

export class TopJobDto extends createZodDto(
  z.object({
    job_id,
    top_hour: wholeNumber(1, 8760).meta({ description: '置顶小时数', example: 72 }),
    price: yuanAmount.meta({ description: '价格（元），须与价格表一致', example: 5 }),
  }),
) {}

export class PaidRefreshDto extends createZodDto(
  z.object({
    job_id,
    price: yuanAmount.meta({ description: '价格（元），须与价格表一致', example: 1.99 }),
  }),
) {}
