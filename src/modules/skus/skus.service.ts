import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { StaffCaller } from '../../common/access/caller';
import { AuditTrail } from '../../common/audit/audit-trail';
import { AppError, invalidField } from '../../common/errors/app-error';
import { duplicateKeyFields } from '../../common/errors/duplicate-key';
import { type Collection, InjectCollection } from '../../database/collections';
import { findPage } from '../../database/pages';
import { Transactions } from '../../database/transactions';
import { DEFAULT_SKUS } from './default-skus';
import { SKU, type Sku } from './sku.schema';
import type { SkuType } from './sku-types';
import type { CreateSkuDto, UpdateSkuDto } from './skus.dto';

/** What is bought, by its kind and size. */
export interface SkuWanted {
  type: SkuType;
  topHour?: number;
  voucherNum?: number;
}

/** The price list. It is in the database alone: whoever buys pays what stands there at that moment. */
@Injectable()
export class SkusService implements OnApplicationBootstrap {
  constructor(
    @InjectCollection(SKU) private readonly skus: Collection<Sku>,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
  ) {}

  /** A new installation gets the default list; one that has ever had a list keeps it as it is. */
  async onApplicationBootstrap(): Promise<void> {
    if (await this.skus.findOne({}, { projection: { _id: 1 } })) return;
    const now = new Date();
    const list = DEFAULT_SKUS.map((sku, i) => ({
      ...sku,
      active: true,
      order: (i + 1) * 10,
      createdAt: now,
      updatedAt: now,
    }));
    try {
      await this.skus.insertMany(list, { ordered: false });
    } catch (error) {
      // another instance that starts at the same time has made some of them
      if (!duplicateKeyFields(error)) throw error;
    }
  }

  onSale(): Promise<Sku[]> {
    return this.skus.find({ active: true }).sort({ order: 1, _id: 1 }).toArray();
  }

  /** What is not sold any more among it. */
  async page(page: number, pageSize: number): Promise<{ rows: Sku[]; total: number }> {
    return findPage(this.skus, { filter: {}, sort: { order: 1, _id: 1 }, page, pageSize });
  }

  /**
   * What is on sale of that kind and size, at that price.
   * @param field names the size in the request
   * @param price fen, as the buyer was shown it
   * @throws {AppError} INVALID_PARAMS where there is no such thing, AMOUNT_MISMATCH for another price
   */
  async wanted({ type, topHour, voucherNum }: SkuWanted, price: number, field: string): Promise<Sku> {
    const sku = await this.skus.findOne<Sku>({
      active: true,
      type,
      topHour: topHour ?? { $exists: false },
      voucherNum: voucherNum ?? { $exists: false },
    });
    if (!sku) throw invalidField(field, '价格表中没有这一项，请刷新后重试');
    if (sku.price !== price) throw new AppError('AMOUNT_MISMATCH');
    return sku;
  }

  /** @throws {AppError} CONFLICT for a code that is taken, or where another one on sale is of the same kind and size */
  async create(input: CreateSkuDto, caller: StaffCaller): Promise<Sku> {
    const { skuCode, contactVoucherNum, ...fields } = input;
    const now = new Date();
    const sku: Sku = {
      _id: skuCode,
      ...fields,
      voucherNum: contactVoucherNum,
      createdAt: now,
      updatedAt: now,
    };
    await this.transactions.run(caller, async (session) => {
      await this.skus.insertOne(sku, { session, ignoreUndefined: true }).catch(alreadyThere);
      const change = { entity: 'sku', entityId: skuCode, action: 'create', before: null, after: { ...sku } };
      await this.audit.record(change, caller, session);
    });
    return sku;
  }

  /** Orders that are under way keep the price that they were made with. */
  async update(id: string, input: UpdateSkuDto, caller: StaffCaller): Promise<Sku> {
    return this.transactions.run(caller, async (session) => {
      const before = await this.skus.findOne<Sku>({ _id: id }, { session });
      if (!before) throw new AppError('NOT_FOUND', { message: '商品不存在' });
      const after: Sku = { ...before, ...input, updatedAt: new Date() };
      const { _id, ...fields } = after;
      await this.skus.replaceOne({ _id: id }, fields, { session, ignoreUndefined: true }).catch(alreadyThere);
      await this.audit.record(
        { entity: 'sku', entityId: id, action: 'update', before: { ...before }, after: { ...after } },
        caller,
        session,
      );
      return after;
    });
  }
}

function alreadyThere(error: unknown): never {
  const fields = duplicateKeyFields(error);
  if (!fields) throw error;
  throw new AppError('CONFLICT', {
    message: fields.includes('_id') ? '商品编码已存在' : '已有同类同规格的商品在售，请先停售',
  });
}
