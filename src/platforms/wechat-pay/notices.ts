import { z } from 'zod';
import { type PaymentNotice, type ReceivedNotice, RefusedNotice } from './payment-provider';
import type { PlatformKeys } from './platform-keys';
import { open, sealedResource } from './sealed-resource';
import { faultOf, PROBE_FAULT, STRAY_FAULTS } from './signed-message';
import { refundNotice, refundOfNotice, stateOf, transactionAnswer } from './transactions';

const envelope = z.object({ id: z.string().min(1), event_type: z.string(), resource: sealedResource });
const REFUND_EVENTS = ['REFUND.SUCCESS', 'REFUND.ABNORMAL', 'REFUND.CLOSED'];

interface Reader {
  appId: string;
  merchantId: string;
  apiV3Key: string;
}

/**
 * Reads what has been posted to a notice address. Everybody can post there: nothing of it is looked at before its
 * signature has been checked.
 * @throws {RefusedNotice} for anything that is not WeChat Pay's, or not about our money
 */
export async function readNotice(
  { headers, body }: ReceivedNotice,
  reader: Reader,
  keys: PlatformKeys,
): Promise<PaymentNotice> {
  const header = (name: string): string | null => {
    const value = headers[name];
    return typeof value === 'string' ? value : null;
  };
  const fault = await faultOf(header, body, keys);
  if (fault !== null)
    throw new RefusedNotice(fault, {
      isProbe: fault === PROBE_FAULT,
      isStray: STRAY_FAULTS.includes(fault),
    });
  return contentOf(body, reader);
}

function contentOf(body: string, reader: Reader): PaymentNotice {
  try {
    const { id, event_type, resource } = envelope.parse(JSON.parse(body));
    const content: unknown = JSON.parse(open(resource, reader.apiV3Key));
    if (event_type === 'TRANSACTION.SUCCESS') {
      const transaction = transactionAnswer.parse(content);
      const orderNo = transaction.out_trade_no;
      return { kind: 'payment', id, orderNo, state: stateOf(transaction, orderNo, reader) };
    }
    if (!REFUND_EVENTS.includes(event_type)) throw new Error(`event ${event_type}`);
    const refund = refundNotice.parse(content);
    if (refund.mchid !== reader.merchantId) throw new Error("another merchant's refund");
    return { kind: 'refund', id, refund: refundOfNotice(refund) };
  } catch (error) {
    throw new RefusedNotice('unreadable', { cause: error });
  }
}
