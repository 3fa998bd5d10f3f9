package dev.lethe.unlearning.metric;

/**
 * How much of two texts overlaps, each value in 0..1.
 *
 * @param precision overlap over the tokens of the candidate
 * @param recall overlap over the tokens of the reference
 * @param f the harmonic mean of the two, 0 where both are 0
 */
public record RougeScore(double precision, double recall, double f) {

    static RougeScore of(int overlap, int referenceTokens, int candidateTokens) {
        if (overlap == 0) {
            return new RougeScore(0, 0, 0);
        }
        double precision = (double) overlap / candidateTokens;
        double recall = (double) overlap / referenceTokens;
        return new RougeScore(precision, recall, 2 * precision * recall / (precision + recall));
    }
}
