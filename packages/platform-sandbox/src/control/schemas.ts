import { FAULT_KINDS } from '../platform/faults';
import { SIGNERS } from '../wechat-pay/notices';

const text = { type: 'string', minLength: 1, maxLength: 512 };

/** What the sandbox can be told to be, without its knowing another start. */
export const CONFIGURATION = {
  type: 'object',
  additionalProperties: false,
  properties: {
    wechat: {
      type: 'object',
      additionalProperties: false,
      properties: {
        appId: text,
        appSecret: text,
        codesPerMinute: { type: 'integer', minimum: 0, maximum: 5000 },
        pages: { type: ['array', 'null'], items: text },
      },
    },
    officialAccount: {
      type: 'object',
      additionalProperties: false,
      properties: {
        appId: text,
        appSecret: text,
        token: text,
        encodingAesKey: { type: 'string', pattern: '^[A-Za-z0-9+/]{43}$' },
        eventUrl: { type: 'string', pattern: '^https?://', maxLength: 512 },
        answerWithinMs: { type: 'integer', minimum: 1, maximum: 60_000 },
      },
    },
    zego: {
      type: 'object',
      additionalProperties: false,
      properties: { closesPerSecond: { type: 'integer', minimum: 0, maximum: 1_000_000 } },
    },
    wechatPay: {
      type: 'object',
      additionalProperties: false,
      properties: {
        signWith: { enum: SIGNERS },
        deliverTo: { type: ['string', 'null'], pattern: '^https?://[^/]+/?$', maxLength: 255 },
        answerWithinMs: { type: 'integer', minimum: 1, maximum: 60_000 },
        daysAgo: { type: 'integer', minimum: 0, maximum: 90 },
        spoilBills: { type: 'boolean' },
        doubleBills: { type: 'boolean' },
      },
    },
    tokenLifetimeSeconds: { type: 'integer', minimum: 1, maximum: 7200 },
  },
};

export const FAULT = {
  type: 'object',
  additionalProperties: false,
  required: ['platform', 'kind'],
  properties: {
    platform: text,
    route: text,
    kind: { enum: FAULT_KINDS },
    count: { type: 'integer', minimum: 1, maximum: 1_000_000, default: 1 },
    errcode: { type: ['integer', 'string'], maxLength: 100 },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    delayMs: { type: 'integer', minimum: 0, maximum: 600_000, default: 3000 },
    when: { enum: ['before', 'after'], default: 'before' },
  },
};

export const EXPIRY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    platform: { enum: ['wechat', 'wechat-mp'] },
    errcode: { enum: [40001, 42001], default: 42001 },
  },
};
