package dev.lethe.unlearning.metric;

/**
 * Wilson's interval of a share, of 95 %: it has a width where none or all of few have the property, too.
 *
 * <p>Source: E. B. Wilson, Journal of the American Statistical Association 22, 1927.
 */
final class Wilson {
    /** Of the normal distribution 95 % lie within so many standard deviations. */
    static final double Z = 1.959963984540054;

    private Wilson() {}

    /** @param n at least 1 */
    static Bootstrap.Interval interval(double share, long n) {
        double middle = share + Z * Z / (2 * n);
        double half = Z * Math.sqrt(share * (1 - share) / n + Z * Z / (4.0 * n * n));
        double scale = 1 + Z * Z / n;
        return new Bootstrap.Interval((middle - half) / scale, (middle + half) / scale).including(share);
    }
}
