import { AppError } from '../../common/errors/app-error';

/** Codes of ZEGO's server API that the service acts upon. https://doc-zh.zego.im, "全局返回码" */
export const ZEGO_CODE = {
  ok: 0,
  /** three names for one thing: there is no such room, or nobody is in it any more */
  noRoom: [104, 5024, 50_001],
} as const;

/** ZEGO answered, and said no. */
export class ZegoError extends AppError {
  constructor(
    readonly zegoCode: number,
    message: string,
  ) {
    super('UPSTREAM_ERROR', {
      message: `视频服务返回错误（${zegoCode}）`,
      cause: new Error(`ZEGO: ${zegoCode} ${message}`),
    });
  }
}
