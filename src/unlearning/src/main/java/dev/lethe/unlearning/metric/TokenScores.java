package dev.lethe.unlearning.metric;

/**
 * What a model thinks of each token of a given text, the tokens before it given: the raw material of every measure of one
 * forward pass. One entry a token, in the order of the text.
 *
 * @param logProbs {@code log p} of the token, in nats
 * @param likeliest whether no other token is likelier
 * @param means the mean of {@code log p} over the whole vocabulary, under p: minus the entropy
 * @param variances its variance, under p
 */
@SuppressWarnings("ArrayRecordComponent") // made once, never compared
public record TokenScores(float[] logProbs, boolean[] likeliest, float[] means, float[] variances) {

    public int size() {
        return logProbs.length;
    }

    /** The mean negative log-likelihood of a token, in nats; NaN for no tokens. */
    public double meanNll() {
        double sum = 0;
        for (float logProb : logProbs) {
            sum -= logProb;
        }
        return sum / size();
    }

    /** {@code exp(−NLL)}: the probability of a token, as a geometric mean (TOFU's probability). */
    public double probability() {
        return Math.exp(-meanNll());
    }

    /** How open the next token is: the entropy of the model's choice, in nats, as a mean over the tokens; NaN for no tokens. */
    public double meanEntropy() {
        double sum = 0;
        for (float mean : means) {
            sum -= mean;
        }
        return sum / size();
    }

    /**
     * The share of tokens that the model would have said itself (exact memorisation, Tirumala et al. 2022); NaN for no
     * tokens.
     */
    public double exactMemorization() {
        int right = 0;
        for (boolean it : likeliest) {
            right += it ? 1 : 0;
        }
        return (double) right / size();
    }

    /**
     * {@code 1 − k/T}, k the least prefix after which the model says all the rest itself (extraction strength, Carlini et al.
     * 2021, as open-unlearning has it). A prefix has at most T − 1 tokens, so it is never below {@code 1/T}; NaN for no
     * tokens.
     */
    public double extractionStrength() {
        if (size() == 0) {
            return Double.NaN;
        }
        int prefix = size() - 1;
        while (prefix > 0 && likeliest[prefix] && likeliest[prefix - 1]) {
            prefix--;
        }
        return 1 - (double) prefix / size();
    }
}
