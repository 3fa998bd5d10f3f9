package dev.lethe.unlearning.metric;

import java.math.BigDecimal;
import java.math.MathContext;

/** The arithmetic and the harmonic mean, to the last digit of the Python functions that published scores use. */
public final class Means {

    private Means() {}

    /**
     * The arithmetic mean, summed in order as pandas sums a column of objects.
     *
     * @throws IllegalArgumentException when there is no value
     */
    public static double arithmetic(double... values) {
        requireSome(values);
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /**
     * The harmonic mean of Python's {@code statistics.harmonic_mean}: reciprocals are rounded to doubles, their sum is
     * exact, and the quotient is rounded once; 0 if any value is 0.
     *
     * @param values finite and not negative
     * @throws IllegalArgumentException when there is no value, or one is negative or not finite
     */
    public static double harmonic(double... values) {
        requireSome(values);
        BigDecimal reciprocals = BigDecimal.ZERO;
        boolean zero = false;
        for (double value : values) {
            if (!(value >= 0) || Double.isInfinite(value)) {
                throw new IllegalArgumentException("a harmonic mean needs values of at least 0, found " + value);
            }
            zero |= value == 0;
            reciprocals = value == 0 ? reciprocals : reciprocals.add(new BigDecimal(1 / value));
        }
        if (zero) {
            return 0;
        }
        return values.length == 1
                ? values[0]
                : new BigDecimal(values.length)
                        .divide(reciprocals, MathContext.DECIMAL128)
                        .doubleValue();
    }

    private static void requireSome(double[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("a mean needs at least one value");
        }
    }
}
