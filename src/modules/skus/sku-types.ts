/** What can be paid for. */
export const SKU_TYPES = ['top', 'refresh', 'voucher'] as const;
export type SkuType = (typeof SKU_TYPES)[number];
