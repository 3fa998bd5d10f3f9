package dev.lethe.unlearning.metric;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * How a membership inference attack scores one document: the higher, the less it looks like one that was trained on.
 *
 * <p>Source: open-unlearning's {@code metrics/mia}.
 */
public enum MembershipAttack {
    /** The mean loss of a token (Yeom et al. 2018). */
    LOSS("loss") {
        @Override
        public double score(String text, TokenScores scores, double k) {
            return scores.meanNll();
        }
    },

    /** The loss over the bytes of the text as zlib compresses it (Carlini et al. 2021). */
    ZLIB("zlib") {
        @Override
        public double score(String text, TokenScores scores, double k) {
            return scores.meanNll() / compressedLength(text);
        }
    },

    /** The mean loss of the least likely tokens (Shi et al. 2023). */
    MIN_K("min-k") {
        @Override
        public double score(String text, TokenScores scores, double k) {
            double[] logProbs = new double[scores.size()];
            Arrays.setAll(logProbs, i -> scores.logProbs()[i]);
            return minusMeanOfLowest(logProbs, k);
        }
    },

    /**
     * The same of {@code log p} less its mean and over its standard deviation, both over the vocabulary under p (Zhang et al.
     * 2024).
     */
    MIN_K_PLUS_PLUS("min-k-plus-plus") {
        @Override
        public double score(String text, TokenScores scores, double k) {
            double[] standardized = new double[scores.size()];
            Arrays.setAll(
                    standardized,
                    i -> (scores.logProbs()[i] - scores.means()[i])
                            / Math.sqrt(Math.max(scores.variances()[i], LEAST_VARIANCE)));
            return minusMeanOfLowest(standardized, k);
        }
    };

    /** A model that is sure of its next token has none. */
    private static final double LEAST_VARIANCE = 1e-6;

    private final String word;

    MembershipAttack(String word) {
        this.word = word;
    }

    /** As it stands in names: lower case, with hyphens. */
    public String word() {
        return word;
    }

    /**
     * The score of a document; NaN for one without a scored token, or whose likelihood is no number.
     *
     * @param scores of all its tokens but the first
     * @param k the share of tokens that attacks on the least likely ones look at, above 0 and at most 1
     */
    public abstract double score(String text, TokenScores scores, double k);

    /**
     * The score of the attack that has a reference model (Carlini et al. 2021): the loss less that of a model that never saw the
     * document.
     *
     * @param reference of the same tokens
     */
    public static double reference(TokenScores scores, TokenScores reference) {
        return scores.meanNll() - reference.meanNll();
    }

    private static double minusMeanOfLowest(double[] values, double k) {
        if (values.length == 0) {
            return Double.NaN;
        }
        Arrays.sort(values); // NaN comes last, and would be overlooked
        int lowest = Math.max(1, (int) (k * values.length));
        return Double.isNaN(values[values.length - 1]) ? Double.NaN : -Means.arithmetic(Arrays.copyOf(values, lowest));
    }

    private static int compressedLength(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] sink = new byte[8192];
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(bytes);
            deflater.finish();
            int length = 0;
            while (!deflater.finished()) {
                length += deflater.deflate(sink);
            }
            return length;
        } finally {
            deflater.end();
        }
    }
}
