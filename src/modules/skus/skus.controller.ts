import { Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { Access } from '../../common/access/access.decorator';
import { MarketplaceController } from '../../common/http/controllers';
import { MarketplaceAnswers } from '../../common/http/marketplace-answers';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator';
import { skuItem, toItem } from './sku.views';
import { SkusService } from './skus.service';

const priceList = z.strictObject({ list: z.array(skuItem) });

@MarketplaceController('sku', '市场：支付')
export class SkusController {
  constructor(private readonly skus: SkusService) {}

  @Get('list')
  @Access('public')
  @RateLimit('priceList')
  @MarketplaceAnswers({ summary: '价格表：在售的置顶、刷新和联系券', data: priceList })
  list() {
    return this.items();
  }

  @Post('list')
  @Access('public')
  @RateLimit('priceList')
  @MarketplaceAnswers({ summary: '价格表（同 GET）', data: priceList })
  postList() {
    return this.items();
  }

  private async items() {
    return { list: (await this.skus.onSale()).map(toItem) };
  }
}
