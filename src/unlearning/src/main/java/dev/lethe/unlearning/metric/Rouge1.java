package dev.lethe.unlearning.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * ROUGE-1: the tokens that two texts share, each counted as often as both have it.
 *
 * <p>Source: C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004), as {@code rouge_score} 0.1.2
 * computes {@code rouge1} with its stemmer.
 */
public final class Rouge1 {

    private Rouge1() {}

    /** Compares a candidate with the reference; either without a token scores 0. */
    public static RougeScore score(String reference, String candidate) {
        List<String> expected = RougeTokens.of(reference);
        List<String> found = RougeTokens.of(candidate);
        Map<String, Integer> unmatched = new HashMap<>();
        expected.forEach(token -> unmatched.merge(token, 1, Integer::sum));
        int overlap = 0;
        for (String token : found) {
            int left = unmatched.getOrDefault(token, 0);
            if (left > 0) {
                overlap++;
                unmatched.put(token, left - 1);
            }
        }
        return RougeScore.of(overlap, expected.size(), found.size());
    }
}
