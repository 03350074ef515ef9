import type { Example } from './marketplace-examples';

const PLACED = `{
  "code": 0,
  "message": "ok",
  "data": {
    "order_id": 90001,
    "order_no": "CV202601101520151234",
    "amount": 3.99,
    "pay_params": {
      "timeStamp": "1700000000",
      "nonceStr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
      "package": "prepay_id=wx201410272009395522657a690389285100",
      "signType": "RSA",
      "paySign": "ZzZq8zKxZJw9Qk..."
    }
  }
}`;

/** What of the mini-program's interface document is paid for, as written there. */
export const PAYMENT_EXAMPLES: (Example & { orderNo?: RegExp; amount?: number })[] = [
  {
    title: '置顶招聘信息（商家）',
    method: 'POST',
    path: '/jobs/top',
    member: true,
    request: `{
    "job_id": 1234,
    "top_hour": 72,
    "price": 5.00
}`,
    answer: PLACED,
    orderNo: /^TOP\d{18}$/,
    amount: 5,
  },
  {
    title: '付费刷新招聘信息（商家）',
    method: 'POST',
    path: '/jobs/refresh/pay',
    member: true,
    request: `{
    "job_id": 1234,
    "price": 1.99
}`,
    answer: PLACED,
    orderNo: /^REF\d{18}$/,
    amount: 1.99,
  },
  {
    title: '充值',
    method: 'POST',
    path: '/contact_voucher/buy',
    member: true,
    request: `{
  "price": 3.99, 						// 价格
  "contact_voucher_num": 1 	// 联系券数量
}`,
    answer: PLACED,
    orderNo: /^CV\d{18}$/,
    amount: 3.99,
  },
  {
    title: '消费',
    method: 'POST',
    path: '/contact_voucher/cost',
    member: true,
    request: `{
    "purpose_id": 2,
    "purpose_type": 1,
    "purpose_user_id": 301,
    "purpose_user_name": "段先生",
    "purpose_user_phone": "15039021712"
}`,
    answer: `{
  "code": 0,
  "message": "",
  "data": null
}`,
  },
  {
    title: '我的券包',
    method: 'POST',
    path: '/contact_voucher/records',
    member: true,
    request: `{
    "page_num": 1,
    "page_size": 2
}`,
    answer: `{
    "code": 0,
    "message": "ok",
    "data": {
        "contact_voucher_num": 6,
        "list": [
            {
                "id": 69,
                "type": "cost",
                "title": "拨打电话",
                "change_num": -1,
                "create_at": "2026-01-16 14:36:01.854"
            },
            {
                "id": 68,
                "type": "cost",
                "title": "拨打电话",
                "change_num": -1,
                "create_at": "2026-01-16 14:36:00.998"
            }
        ],
        "list_total": 15
    }
}`,
  },
];
