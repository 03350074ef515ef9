/** What the sandbox accepts when it is started without credentials, and what a service uses that has none. */
export const SANDBOX_CREDENTIALS = {
  wechat: {
    appId: 'wx5a4db0c000000001',
    appSecret: '5a4db0c05a4db0c05a4db0c000000001',
  },
  officialAccount: {
    appId: 'wx5a4db0c000000002',
    appSecret: '5a4db0c05a4db0c05a4db0c000000002',
    token: 'sandboxEventToken',
    encodingAesKey: 'c2FuZGJveC1hZXMta2V5LXNhbmRib3gtYWVzLWtleTE',
  },
  tencent: {
    secretId: 'AKIDsandbox5a4db0c00000000000000000001',
    secretKey: '5a4db0c05a4db0c05a4db0c000000003',
  },
  zego: {
    appId: 1_544_011_776,
    serverSecret: '5a4db0c05a4db0c05a4db0c000000004',
  },
} as const;

export interface ZegoCredentials {
  appId: number;
  /** 32 characters. */
  serverSecret: string;
}

export interface TencentCredentials {
  secretId: string;
  secretKey: string;
}

export interface MiniProgramCredentials {
  appId: string;
  appSecret: string;
}

export interface OfficialAccountCredentials {
  appId: string;
  appSecret: string;
  /** Signs what is pushed. */
  token: string;
  /** 43 characters: the AES key in base64 without its padding. */
  encodingAesKey: string;
}
