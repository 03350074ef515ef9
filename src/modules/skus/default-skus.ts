import type { Sku } from './sku.schema';

type DefaultSku = Omit<Sku, 'active' | 'order' | 'createdAt' | 'updatedAt'>;

/** The price list of a new installation; from then on it is the administrators'. */
export const DEFAULT_SKUS: readonly DefaultSku[] = [
  { _id: 'top_24', type: 'top', title: '置顶 24 小时', price: 200, topHour: 24 },
  { _id: 'top_72', type: 'top', title: '置顶 72 小时', price: 500, topHour: 72 },
  { _id: 'top_168', type: 'top', title: '置顶 7 天', price: 1000, topHour: 168 },
  { _id: 'refresh', type: 'refresh', title: '刷新一次', price: 199 },
  { _id: 'voucher_1', type: 'voucher', title: '联系券 1 张', price: 399, voucherNum: 1 },
  { _id: 'voucher_5', type: 'voucher', title: '联系券 5 张', price: 1800, voucherNum: 5 },
  { _id: 'voucher_10', type: 'voucher', title: '联系券 10 张', price: 3400, voucherNum: 10 },
  { _id: 'voucher_50', type: 'voucher', title: '联系券 50 张', price: 15000, voucherNum: 50 },
];
