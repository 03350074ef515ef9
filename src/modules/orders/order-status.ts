export const ORDER_STATUS = { pending: 1, paid: 2, cancelled: 3, refunded: 4 } as const;
export type OrderStatusName = keyof typeof ORDER_STATUS;
export type OrderStatus = (typeof ORDER_STATUS)[OrderStatusName];

export const ORDER_STATUS_LABELS: Record<OrderStatus, string> = {
  1: '待支付',
  2: '已支付',
  3: '已取消',
  4: '已退款',
};
