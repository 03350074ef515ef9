import { Body, Post } from '@nestjs/common';
import { Access } from '../../common/access/access.decorator';
import { CurrentCaller, type MemberCaller } from '../../common/access/caller';
import { MarketplaceController } from '../../common/http/controllers';
import { MarketplaceAnswers } from '../../common/http/marketplace-answers';
import { ContactHistory } from './contact-history.service';
import { ContactHistoryDto, contactList } from './contacts.dto';

@MarketplaceController('contact_history', '市场：联系')
export class ContactsController {
  constructor(private readonly history: ContactHistory) {}

  @Post('out')
  @Access('member')
  @MarketplaceAnswers({ summary: '我联系的，最新的在前', data: contactList })
  made(@Body() query: ContactHistoryDto, @CurrentCaller() caller: MemberCaller) {
    return this.history.made(query, caller);
  }

  @Post('in')
  @Access('member')
  @MarketplaceAnswers({ summary: '联系我的，最新的在前；姓名和电话是对方本人的', data: contactList })
  received(@Body() query: ContactHistoryDto, @CurrentCaller() caller: MemberCaller) {
    return this.history.received(query, caller);
  }
}
