package dev.lethe.unlearning.metric;

import java.util.List;

/**
 * ROUGE-L: the longest common subsequence of two texts' tokens.
 *
 * <p>Source: C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004), as {@code rouge_score} 0.1.2
 * computes {@code rougeL} with its stemmer (not {@code rougeLsum}: a newline is a space like any other).
 */
public final class RougeL {

    private RougeL() {}

    /** Compares a candidate with the reference; either without a token scores 0. */
    public static RougeScore score(RougeTokenizer tokens, String reference, String candidate) {
        List<String> expected = tokens.of(reference);
        List<String> found = tokens.of(candidate);
        return RougeScore.of(longestCommonSubsequence(expected, found), expected.size(), found.size());
    }

    private static int longestCommonSubsequence(List<String> a, List<String> b) {
        // row[j] is the length for the tokens of a seen so far and the first j of b.
        int[] row = new int[b.size() + 1];
        for (String token : a) {
            int diagonal = 0;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                row[j] = token.equals(b.get(j - 1)) ? diagonal + 1 : Math.max(above, row[j - 1]);
                diagonal = above;
            }
        }
        return row[b.size()];
    }
}
