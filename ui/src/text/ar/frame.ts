// The frame around all pages.

export const frame = {
  appName: 'Roamkey',
  nav: {
    label: 'الصفحات',
    open: 'الصفحات',
    sign_in: 'الدخول على جهاز آخر',
    passkeys: 'مفاتيح المرور',
    safety: 'السلامة',
    activity: 'النشاط',
    phone: 'استخدام هاتف هنا',
    settings: 'الإعدادات',
    help: 'المساعدة',
  },
  status: {
    label: 'الحالة',
    unknown: 'جارٍ التحقق من البلوتوث…',
    ready: 'البلوتوث جاهز',
  },
}
