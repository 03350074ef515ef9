import { Body, Get, Param, Post, Query } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type StaffCaller } from '../../common/access/caller';
import { Answers } from '../../common/http/answers';
import { CrmController } from '../../common/http/controllers';
import { pageSchema } from '../../common/http/paging';
import { Idempotent } from '../../common/idempotency/idempotent.decorator';
import { IdParam } from '../../common/validation/fields';
import {
  ListMessagesDto,
  messageView,
  SendMessageDto,
  SubscribeDto,
  subscriptionView,
  wechatAnswer,
} from './messages.dto';
import { MessagesService } from './messages.service';
import { Subscriptions } from './subscriptions.service';

@CrmController('', '消息')
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly subscriptions: Subscriptions,
  ) {}

  @Post('advisor/subscribe')
  @Access('staff')
  @Idempotent()
  @Answers({ summary: '保存本人对订阅消息的授权', message: '保存订阅状态成功', data: subscriptionView })
  subscribe(@Body() input: SubscribeDto, @CurrentCaller() caller: StaffCaller) {
    return this.subscriptions.save(input, caller);
  }

  @Post('message/send')
  @Access('admin', 'manager', 'employee')
  @Answers({ summary: '发送一条订阅消息，返回微信的答复', message: '发送订阅消息成功', data: wechatAnswer })
  send(@Body() input: SendMessageDto) {
    return this.messages.sendNow(input);
  }

  @Get('messages')
  @Access('admin')
  @Answers({ summary: '排队、已发送和失败的消息，最新的在前', data: pageSchema(messageView) })
  list(@Query() query: ListMessagesDto) {
    return this.messages.list(query);
  }

  @Post('messages/:id/resend')
  @Access('admin')
  @Answers({ summary: '重新发送一条失败的消息', message: '已重新排队', data: messageView })
  resend(@Param() { id }: IdParam) {
    return this.messages.resend(id);
  }
}
