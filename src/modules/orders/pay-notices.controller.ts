import { Post, Req, Res } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../../common/access/access.decorator';
import { PayNoticeController } from '../../common/http/controllers';
import { KeepsRawBody } from '../../common/http/route-config';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import type { PaymentNotice } from '../../platforms/wechat-pay/payment-provider';
import { PayNotices } from './pay-notices.service';

/** Where WeChat Pay posts: success is 200 without a body, anything else is posted again. */
@PayNoticeController('wechat/pay', '市场：支付')
export class PayNoticesController {
  constructor(private readonly notices: PayNotices) {}

  @Post('notify')
  @Access('public')
  @RateLimit('payNotice')
  @KeepsRawBody()
  @ApiOperation({ summary: '微信支付的支付通知：验签、解密后发放权益；200 表示已收到' })
  payment(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.receive('payment', request, reply);
  }

  @Post('refund_notify')
  @Access('public')
  @RateLimit('payNotice')
  @KeepsRawBody()
  @ApiOperation({ summary: '微信支付的退款通知；200 表示已收到' })
  refund(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.receive('refund', request, reply);
  }

  private async receive(
    kind: PaymentNotice['kind'],
    { headers, rawBody = '' }: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    await this.notices.receive(kind, { headers, body: rawBody });
    await reply.status(200).send('');
  }
}
