import { Body, Post } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { type Caller, CurrentCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import { CustomerActionDto, customerActionAnswer } from './leads.dto';
import { Leads } from './leads.service';

@CrmController('customer', '线索')
export class LeadsController {
  constructor(private readonly leads: Leads) {}

  @Post('action')
  @Access('public')
  @RateLimit('customerAction', 'customerActionDay')
  @Idempotent()
  @Answers({
    summary: '记录客户在小程序中的行为；新手机号成为线索，并通知顾问',
    message: '记录客户行为成功',
    data: customerActionAnswer,
  })
  record(@Body() input: CustomerActionDto, @CurrentCaller() caller: Caller) {
    return this.leads.record(input, caller);
  }
}
