import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { boundedDepth, pageQuery } from '../../common/http/paging';
import { parseShanghaiDate } from '../../common/time/shanghai';

const day = z
  .string()
  .refine((value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && parseShanghaiDate(value) !== null, {
    error: '日期格式不正确，应为 YYYY-MM-DD',
  })
  .meta({ description: '账单日期 YYYY-MM-DD（北京时间）', example: '2026-01-10' });

export class ReconcileDto extends createZodDto(z.object({ date: day })) {}
export class ReconciliationDateParam extends createZodDto(z.object({ date: day })) {}
export class ReconciliationPageDto extends createZodDto(pageQuery.superRefine(boundedDepth)) {}
