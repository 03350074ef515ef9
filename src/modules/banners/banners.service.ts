import { Injectable } from '@nestjs/common';
import { Types } from 'mongoose';
import type { StaffCaller } from '../../common/access/caller';
import { AuditTrail } from '../../common/audit/audit-trail';
import { AppError, invalidFields } from '../../common/errors/app-error';
import { type Page, pageOf } from '../../common/http/paging';
import { type Collection, InjectCollection } from '../../database/collections';
import { findPage } from '../../database/pages';
import { Transactions } from '../../database/transactions';
import { type Banner, BANNER } from './banner.schema';
import {
  bannerProblems,
  type BannerView,
  type CreateBannerDto,
  type ListBannersDto,
  type PublicBanner,
  type ReorderBannersDto,
  toBannerView,
  toPublicBanner,
  type UpdateBannerDto,
} from './banners.dto';

/** More than a carousel can show. */
const MOST_SHOWN = 50;

/** The pictures at the top of the mini-program's first page. */
@Injectable()
export class BannersService {
  constructor(
    @InjectCollection(BANNER) private readonly banners: Collection<Banner>,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
  ) {}

  async shown(now = new Date()): Promise<PublicBanner[]> {
    const rows = await this.banners
      .find<Banner>({
        status: 'active',
        // open ends too; and unlike a comparison with null, these are answered from the index alone
        startTime: { $not: { $gt: now } },
        endTime: { $not: { $lte: now } },
      })
      .sort({ order: 1, _id: 1 })
      .limit(MOST_SHOWN)
      .toArray();
    return rows.map(toPublicBanner);
  }

  async count(id: string, what: 'viewCount' | 'clickCount'): Promise<void> {
    const { matchedCount } = await this.banners.updateOne(
      { _id: new Types.ObjectId(id) },
      { $inc: { [what]: 1 } },
    );
    if (matchedCount === 0) throw notFound();
  }

  async list({ status, ...paging }: ListBannersDto): Promise<Page<BannerView>> {
    const { rows, total } = await findPage(this.banners, {
      filter: status ? { status } : {},
      sort: { order: 1, _id: 1 },
      ...paging,
    });
    return pageOf(rows.map(toBannerView), total, paging);
  }

  async get(id: string): Promise<BannerView> {
    const banner = await this.banners.findOne<Banner>({ _id: new Types.ObjectId(id) });
    if (!banner) throw notFound();
    return toBannerView(banner);
  }

  async create(input: CreateBannerDto, caller: StaffCaller): Promise<BannerView> {
    refuse(bannerProblems(input));
    const now = new Date();
    const banner: Banner = {
      _id: new Types.ObjectId(),
      ...input,
      viewCount: 0,
      clickCount: 0,
      createdAt: now,
      updatedAt: now,
    };
    await this.transactions.run(caller, async (session) => {
      await this.banners.insertOne(banner, { session });
      await this.audit.record(change('create', banner._id, null, banner), caller, session);
    });
    return toBannerView(banner);
  }

  async update(id: string, input: UpdateBannerDto, caller: StaffCaller): Promise<BannerView> {
    const _id = new Types.ObjectId(id);
    return this.transactions.run(caller, async (session) => {
      const before = await this.banners.findOne<Banner>({ _id }, { session });
      if (!before) throw notFound();
      const after: Banner = { ...before, ...input, updatedAt: new Date() };
      refuse(bannerProblems(after));
      await this.banners.updateOne({ _id }, { $set: { ...input, updatedAt: after.updatedAt } }, { session });
      await this.audit.record(change('update', _id, before, after), caller, session);
      return toBannerView(after);
    });
  }

  async remove(id: string, caller: StaffCaller): Promise<void> {
    const _id = new Types.ObjectId(id);
    await this.transactions.run(caller, async (session) => {
      const before = await this.banners.findOneAndDelete({ _id }, { session });
      if (!before) throw notFound();
      await this.audit.record(change('delete', _id, before, null), caller, session);
    });
  }

  /** All of them, or none when one is not there. */
  async reorder({ items }: ReorderBannersDto, caller: StaffCaller): Promise<{ updated: number }> {
    const ids = items.map(({ id }) => new Types.ObjectId(id));
    return this.transactions.run(caller, async (session) => {
      const before = await this.banners.find<Banner>({ _id: { $in: ids } }, { session }).toArray();
      if (before.length !== items.length) throw notFound();
      const updatedAt = new Date();
      await this.banners.bulkWrite(
        items.map(({ order }, at) => ({
          updateOne: { filter: { _id: ids[at] }, update: { $set: { order, updatedAt } } },
        })),
        { session },
      );
      const orders = new Map(items.map(({ id, order }) => [id, order]));
      const changes = before.map((banner) => {
        const order = orders.get(banner._id.toHexString()) ?? banner.order;
        return change('reorder', banner._id, banner, { ...banner, order });
      });
      await this.audit.recordAll(changes, caller, session);
      return { updated: items.length };
    });
  }
}

function notFound(): AppError {
  return new AppError('NOT_FOUND', { message: '轮播图不存在' });
}

function refuse(problems: { field: string; message: string }[]): void {
  if (problems.length > 0) throw invalidFields(problems);
}

function change(action: string, id: Types.ObjectId, before: Banner | null, after: Banner | null) {
  const audited = (banner: Banner | null) => {
    if (!banner) return null;
    // counted by everybody who looks
    const { viewCount: _views, clickCount: _clicks, ...rest } = banner;
    return rest;
  };
  return {
    entity: 'banner',
    entityId: id.toHexString(),
    action,
    before: audited(before),
    after: audited(after),
  };
}
