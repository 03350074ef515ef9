import { randomInt } from 'node:crypto';
import { formatShanghaiTime } from '../../common/time/shanghai';
import type { SkuType } from '../skus/sku-types';

const PREFIXES: Record<SkuType, string> = { top: 'TOP', voucher: 'CV', refresh: 'REF' };

/** `CV202601101520151234`: what is bought, when (Shanghai), and four digits by chance. Unique by the orders' index. */
export function newOrderNo(type: SkuType, at: Date): string {
  const moment = formatShanghaiTime(at).replace(/\D/g, '').slice(0, 14);
  return `${PREFIXES[type]}${moment}${String(randomInt(10_000)).padStart(4, '0')}`;
}

export const ORDER_NO = /^(TOP|CV|REF)\d{18}$/;
