import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ReceivedNotice } from '../../src/platforms/wechat-pay/payment-provider';

export interface NoticeReceiver {
  url: string;
  notices: ReceivedNotice[];
  stop(): void;
}

/** An address that takes every notice, for a closer look at them. */
export async function receiveNotices(): Promise<NoticeReceiver> {
  const notices: ReceivedNotice[] = [];
  const server = createServer((request, response) => {
    const take = async (): Promise<void> => {
      notices.push({ headers: request.headers, body: await text(request) });
      response.end();
    };
    take().catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    notices,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
