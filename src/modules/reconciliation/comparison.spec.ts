import * as fc from 'fast-check';
import type { BillLine } from '../../platforms/wechat-pay/payment-provider';
import type { RefundStatus } from '../orders/refund.schema';
import { comparePayment, compareRefund, type ComparedOrder, type ComparedRefund } from './comparison';
import { dueDays, hasBill, isLate } from './reconciliation-days';

const DAY = '2026-01-10';
const PAID_AT = new Date('2026-01-10T07:20:15Z');
const PAYMENT: Extract<BillLine, { kind: 'payment' }> = {
  kind: 'payment',
  orderNo: 'CV202601101520151234',
  transactionId: '4200001',
  amount: 399,
  status: 'SUCCESS',
  at: '2026-01-10 15:20:15',
};
const ORDER: ComparedOrder = {
  orderNo: PAYMENT.orderNo,
  transactionId: '4200001',
  amount: 399,
  status: 2,
  paidAt: PAID_AT,
};
const REFUND_LINE: Extract<BillLine, { kind: 'refund' }> = {
  kind: 'refund',
  orderNo: PAYMENT.orderNo,
  transactionId: '4200001',
  refundNo: `${PAYMENT.orderNo}R1`,
  refundId: '5030001',
  amount: 100,
  status: 'SUCCESS',
  at: '2026-01-10 16:00:00',
};
const REFUND: ComparedRefund = {
  _id: REFUND_LINE.refundNo,
  orderNo: PAYMENT.orderNo,
  amount: 100,
  status: 'success',
  acceptedAt: PAID_AT,
};
const kinds = (found: { kind: string }[]): string[] => found.map(({ kind }) => kind);

describe('a payment of the bill', () => {
  it('agrees with its order, whether that is paid, refunded since, or was cancelled and paid all the same', () => {
    for (const status of [2, 3, 4] as const)
      expect(comparePayment(DAY, PAYMENT, { ...ORDER, status })).toEqual([]);
  });

  it.each<[string, Partial<ComparedOrder>]>([
    ['payment-amount', { amount: 398 }],
    ['payment-number', { transactionId: '4200002' }],
    ['payment-state', { status: 1, transactionId: undefined, paidAt: undefined }],
    ['payment-state', { status: 3, transactionId: undefined, paidAt: undefined }],
    ['payment-day', { paidAt: new Date('2026-01-10T16:00:00Z') }],
    ['payment-day', { paidAt: new Date('2026-01-09T15:59:59Z') }],
  ])('differs by %s', (kind, change) => {
    const found = comparePayment(DAY, PAYMENT, { ...ORDER, ...change });
    expect(kinds(found)).toEqual([kind]);
    expect(found[0]).toMatchObject({ orderNo: PAYMENT.orderNo, refundNo: null });
  });

  it('without an order is missing here; one that was revoked is none', () => {
    expect(comparePayment(DAY, PAYMENT, undefined)).toMatchObject([
      { kind: 'payment-missing-here', ours: null, theirs: '3.99 SUCCESS' },
    ]);
    expect(kinds(comparePayment(DAY, { ...PAYMENT, status: 'REVOKED' }, ORDER))).toEqual(['payment-state']);
  });

  it('agrees to the fen or not at all', () => {
    const fen = fc.integer({ min: 1, max: 99_999_999 });
    fc.assert(
      fc.property(fen, fen, (theirs, ours) => {
        const found = comparePayment(DAY, { ...PAYMENT, amount: theirs }, { ...ORDER, amount: ours });
        expect(kinds(found)).toEqual(theirs === ours ? [] : ['payment-amount']);
      }),
    );
  });
});

describe('a refund of the bill', () => {
  it.each<[string, RefundStatus[]]>([
    ['SUCCESS', ['success']],
    ['PROCESSING', ['processing', 'success', 'abnormal', 'closed']],
    ['CHANGE', ['abnormal', 'success']],
    ['FAIL', ['closed']],
    ['SOMETHING', []],
  ])('that is %s agrees with ours where that is %p', (theirs, fitting) => {
    const all: RefundStatus[] = ['requested', 'processing', 'success', 'abnormal', 'closed'];
    for (const status of all) {
      const found = compareRefund({ ...REFUND_LINE, status: theirs }, { ...REFUND, status });
      expect(kinds(found)).toEqual(fitting.includes(status) ? [] : ['refund-state']);
    }
  });

  it('differs by its amount, and is missing where ours is of another order or not there', () => {
    expect(kinds(compareRefund(REFUND_LINE, { ...REFUND, amount: 99 }))).toEqual(['refund-amount']);
    expect(kinds(compareRefund(REFUND_LINE, { ...REFUND, orderNo: 'CV0' }))).toEqual(['refund-missing-here']);
    expect(kinds(compareRefund(REFUND_LINE, undefined))).toEqual(['refund-missing-here']);
  });
});

describe('days to reconcile', () => {
  const at = (shanghai: string): Date => new Date(`${shanghai}+08:00`);
  const LONG_AGO = at('2025-01-01T00:00');

  it('are due at a quarter past ten of the next day', () => {
    expect(dueDays(LONG_AGO, at('2026-01-11T10:14:59')).at(-1)).toBe('2026-01-09');
    expect(dueDays(LONG_AGO, at('2026-01-11T10:15:00')).at(-1)).toBe('2026-01-10');
    expect(dueDays(LONG_AGO, at('2026-01-11T00:00:00')).at(-1)).toBe('2026-01-09');
  });

  it('are caught up with for a week, from the first order on', () => {
    expect(dueDays(LONG_AGO, at('2026-01-11T12:00'))).toEqual([
      '2026-01-04',
      '2026-01-05',
      '2026-01-06',
      '2026-01-07',
      '2026-01-08',
      '2026-01-09',
      '2026-01-10',
    ]);
    expect(dueDays(at('2026-01-09T23:59'), at('2026-01-11T12:00'))).toEqual(['2026-01-09', '2026-01-10']);
    expect(dueDays(at('2026-01-11T09:00'), at('2026-01-11T12:00'))).toEqual([]);
  });

  it('have a late bill six hours after that', () => {
    expect(isLate('2026-01-10', at('2026-01-11T16:14:59'))).toBe(false);
    expect(isLate('2026-01-10', at('2026-01-11T16:15:00'))).toBe(true);
  });

  it('are over, and not too long ago', () => {
    const now = at('2026-01-11T00:30');
    expect(hasBill('2026-01-10', now)).toBe(true);
    expect(hasBill('2026-01-11', now)).toBe(false);
    expect(hasBill('2025-10-14', now)).toBe(true);
    expect(hasBill('2025-10-13', now)).toBe(false);
  });
});
