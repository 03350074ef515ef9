import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { invalidField } from '../../common/errors/app-error';
import { formatShanghaiDay } from '../../common/time/shanghai';
import { mobile } from '../../common/validation/fields';
import { readIdNumber } from '../../common/validation/id-number';
import { type Collection, InjectCollection } from '../../database/collections';
import { ageProblem } from './resume-facts';
import { idNumber } from './resume.fields';
import { RESUME, type Resume } from './resume.schema';
import type { ValidateResumeDto } from './resumes.dto';

const verdict = z.strictObject({ valid: z.boolean(), exists: z.boolean(), message: z.string() });
type Verdict = z.infer<typeof verdict>;

export const resumeVerdicts = z.strictObject({
  phone: verdict.optional().meta({ example: { valid: true, exists: false, message: '手机号可用' } }),
  idNumber: verdict.optional().meta({ example: { valid: true, exists: true, message: '身份证号已存在' } }),
});
type Verdicts = z.infer<typeof resumeVerdicts>;

/** Tells beforehand what creating would say to a phone and an identity number: by the same checks. */
@Injectable()
export class ResumeValidation {
  constructor(@InjectCollection(RESUME) private readonly resumes: Collection<Resume>) {}

  async validate(input: ValidateResumeDto): Promise<Verdicts> {
    if (input.phone === undefined && input.idNumber === undefined)
      throw invalidField('phone', '手机号和身份证号至少填写一项');
    const [phoneVerdict, idVerdict] = await Promise.all([
      input.phone === undefined ? undefined : this.phone(input.phone),
      input.idNumber === undefined ? undefined : this.idNumber(input.idNumber),
    ]);
    return {
      ...(phoneVerdict ? { phone: phoneVerdict } : {}),
      ...(idVerdict ? { idNumber: idVerdict } : {}),
    };
  }

  private async phone(written: string): Promise<Verdict> {
    const parsed = mobile.safeParse(written);
    if (!parsed.success) return refused('手机号格式不正确，应为 11 位手机号');
    return available('手机号', await this.taken({ phone: parsed.data }));
  }

  private async idNumber(written: string): Promise<Verdict> {
    const parsed = idNumber.safeParse(written);
    if (!parsed.success) return refused('身份证号不正确');
    const read = readIdNumber(parsed.data);
    const problem = read.valid ? ageProblem(read.birthDay, formatShanghaiDay(new Date())) : null;
    if (problem) return refused(problem);
    return available('身份证号', await this.taken({ idNumber: parsed.data }));
  }

  /** By the unique index of the field. */
  private async taken(filter: Partial<Resume>): Promise<boolean> {
    return (await this.resumes.findOne(filter, { projection: { _id: 1 } })) !== null;
  }
}

function refused(message: string): Verdict {
  return { valid: false, exists: false, message };
}

function available(what: string, exists: boolean): Verdict {
  return { valid: true, exists, message: exists ? `${what}已存在` : `${what}可用` };
}
