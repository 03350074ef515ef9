/** What a buyer is to pay. Amounts are fen throughout. */
export interface PaymentOrder {
  /** 6–32 of [0-9A-Za-z_-|*]; the payment's key at the provider: one number is paid once at most */
  orderNo: string;
  /** what the buyer reads, at most 127 characters */
  description: string;
  amount: number;
  /** the buyer's openid in the mini-program */
  openid: string;
  /** after this moment it cannot be paid any more */
  expiresAt: Date;
}

/** What `wx.requestPayment` is called with, as the mini-programs expect it. */
export interface PayParams {
  /** seconds since 1970 */
  timeStamp: string;
  nonceStr: string;
  package: string;
  signType: 'RSA';
  paySign: string;
}

/** Money that has arrived. */
export interface Payment {
  /** the provider's own number */
  transactionId: string;
  paidAt: Date;
  /** fen, of the order; what the buyer paid of it may be less by the provider's own discounts */
  amount: number;
  currency: string;
  openid: string;
}

/** What has become of a payment. */
export type PaymentState =
  | { kind: 'paid'; payment: Payment }
  /** paid, and given back in whole or in part */
  | { kind: 'refunded'; payment: Payment }
  | { kind: 'unpaid' }
  /** the buyer is entering a password */
  | { kind: 'paying' }
  /** cannot be paid any more */
  | { kind: 'closed' }
  /** the provider does not know the number */
  | { kind: 'unknown' };

export interface RefundOrder {
  orderNo: string;
  /** the refund's key at the provider, at most 64 characters: one number is refunded once at most */
  refundNo: string;
  /** of the whole order */
  total: number;
  /** of this refund */
  amount: number;
  /** what the buyer reads, at most 80 characters */
  reason: string;
}

export interface Refund {
  orderNo: string;
  refundNo: string;
  /** the provider's own number */
  refundId: string;
  /** abnormal: the money could not be handed to the buyer, a person must see to it at the provider */
  status: 'processing' | 'success' | 'closed' | 'abnormal';
  amount: number;
  total: number;
  /** when the provider took it on; not in notices */
  createdAt?: Date;
  /** when the money was given back */
  succeededAt?: Date;
}

/** What the provider tells by itself. */
export type PaymentNotice =
  | { kind: 'payment'; id: string; orderNo: string; state: PaymentState }
  | { kind: 'refund'; id: string; refund: Refund };

/** A notice as it arrived: names in lower case, the body unparsed. */
export interface ReceivedNotice {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

/** One line of a day's bill. */
export type BillLine =
  | {
      kind: 'payment';
      orderNo: string;
      transactionId: string;
      amount: number;
      /** the provider's word: SUCCESS */
      status: string;
      /** `YYYY-MM-DD HH:mm:ss`, Shanghai */
      at: string;
    }
  | {
      kind: 'refund';
      orderNo: string;
      transactionId: string;
      refundNo: string;
      refundId: string;
      amount: number;
      /** the provider's word: SUCCESS, PROCESSING, FAIL, CHANGE */
      status: string;
      /** when it was taken on */
      at: string;
    };

/** A day's bill, complete and unaltered. */
export interface Bill {
  /** hex SHA-1 of the bill; '' where the day had no trade */
  hash: string;
  /** from the first line on; may be read more than once */
  lines(): AsyncIterable<BillLine>;
}

/** Whether what got no answer is asked again, as it is unless somebody waits for it. */
export interface Patience {
  patient: boolean;
}

/**
 * A way to be paid. Every call may be repeated: the numbers of orders and refunds are ours, and the other end knows
 * them again. Another way (WeChat's requestVirtualPayment) is another implementation: see docs/payments.md.
 */
export interface PaymentProvider {
  /** Has the order taken on; what the buyer's mini-program needs to pay it is made of the answer. */
  prepare(order: PaymentOrder): Promise<string>;
  /** @param prepayId what {@link prepare} has answered */
  payParams(prepayId: string): PayParams;
  query(orderNo: string, patience?: Patience): Promise<PaymentState>;
  /** After this it cannot be paid any more. @returns false where it has been paid, or is gone otherwise: query tells */
  close(orderNo: string, patience?: Patience): Promise<boolean>;
  refund(refund: RefundOrder): Promise<Refund>;
  /** null: the provider does not know the number */
  queryRefund(refundNo: string): Promise<Refund | null>;
  /** @throws {RefusedNotice} for what is not the provider's, or not for us */
  readNotice(notice: ReceivedNotice): Promise<PaymentNotice>;
  /** The bill of a Shanghai day `YYYY-MM-DD`; null while it is still being made, or may be. */
  bill(day: string): Promise<Bill | null>;
}

/** A notice that does not come from the provider, is too old, or is about somebody else's money. */
export class RefusedNotice extends Error {
  /** the provider's own test whether signatures are checked: it must be refused, and nothing is wrong */
  readonly isProbe: boolean;
  /** no signature, or one of long ago: somebody's poking about, or a notice that was under way for too long */
  readonly isStray: boolean;

  constructor(
    why: string,
    {
      cause,
      isProbe = false,
      isStray = false,
    }: { cause?: unknown; isProbe?: boolean; isStray?: boolean } = {},
  ) {
    super(why, { cause });
    this.isProbe = isProbe;
    this.isStray = isStray;
  }
}
