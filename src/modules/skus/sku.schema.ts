import { Schema } from 'mongoose';
import type { SkuType } from './sku-types';

export const SKU = 'Sku';

export interface Sku {
  /** sku_code, chosen once and never given to another one; single look-ups are by it */
  _id: string;
  type: SkuType;
  title: string;
  /** fen */
  price: number;
  /** of a top: for how many hours */
  topHour?: number;
  /** of vouchers: how many */
  voucherNum?: number;
  /** whether it can be bought; one that cannot stays, since orders name it */
  active: boolean;
  /** place in the list, ascending */
  order: number;
  createdAt: Date;
  updatedAt: Date;
}

export const skuSchema = new Schema<Sku>(
  {
    _id: String,
    type: { type: String, required: true },
    title: { type: String, required: true },
    price: { type: Number, required: true },
    topHour: Number,
    voucherNum: Number,
    active: { type: Boolean, required: true },
    order: { type: Number, required: true },
    createdAt: Date,
    updatedAt: Date,
  },
  { collection: 'skus', versionKey: false },
)
  // GET /sku/list
  .index({ active: 1, order: 1, _id: 1 })
  // GET /api/admin/skus
  .index({ order: 1, _id: 1 })
  // an order: the one of that kind and size; there are no two prices for one thing
  .index(
    { type: 1, topHour: 1, voucherNum: 1 },
    { unique: true, partialFilterExpression: { active: true }, name: 'on_sale' },
  );
