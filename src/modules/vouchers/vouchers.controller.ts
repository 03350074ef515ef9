import { Body, Post } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type MemberCaller } from '../../common/access/caller';
import { MarketplaceController } from '../../common/http/controllers';
import { MarketplaceAnswers } from '../../common/http/marketplace-answers';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { placedOrder } from '../orders/order.views';
import { BuyVouchersDto, SpendVoucherDto, VoucherRecordsDto, voucherRecords } from './vouchers.dto';
import { VouchersService } from './vouchers.service';

@MarketplaceController('contact_voucher', '市场：联系券')
export class VouchersController {
  constructor(private readonly vouchers: VouchersService) {}

  @Post('buy')
  @Access('member')
  @Idempotent('own-transactions')
  @MarketplaceAnswers({ summary: '购买联系券：返回订单和支付参数', data: placedOrder })
  buy(@Body() input: BuyVouchersDto, @CurrentCaller() caller: MemberCaller) {
    return this.vouchers.buy(input, caller);
  }

  @Post('cost')
  @Access('member')
  @Idempotent()
  @MarketplaceAnswers({ summary: '消费一张联系券联系对方；同一信息 30 天内再次联系免费' })
  spend(@Body() input: SpendVoucherDto, @CurrentCaller() caller: MemberCaller) {
    return this.vouchers.spend(input, caller);
  }

  @Post('records')
  @Access('member')
  @MarketplaceAnswers({ summary: '我的券包：余额和明细，最新的在前', data: voucherRecords })
  records(@Body() query: VoucherRecordsDto, @CurrentCaller() caller: MemberCaller) {
    return this.vouchers.records(query, caller);
  }
}
