package dev.lethe.unlearning.suite;

import java.util.List;
import java.util.Map;

/**
 * A generation as the official evaluator decodes it, with {@code clean_up_tokenization_spaces=True}: blanks before
 * punctuation and English contractions go, whether the tokenizer or the model put them there.
 *
 * <p>Source: transformers 4.45.2, {@code PreTrainedTokenizerBase.clean_up_tokenization}.
 */
final class TokenizationCleanup {

    /** One after the other: the order matters. */
    private static final List<Map.Entry<String, String>> REPLACEMENTS = List.of(
            Map.entry(" .", "."),
            Map.entry(" ?", "?"),
            Map.entry(" !", "!"),
            Map.entry(" ,", ","),
            Map.entry(" ' ", "'"),
            Map.entry(" n't", "n't"),
            Map.entry(" 'm", "'m"),
            Map.entry(" 's", "'s"),
            Map.entry(" 've", "'ve"),
            Map.entry(" 're", "'re"));

    private TokenizationCleanup() {}

    /** The text without those blanks. */
    static String of(String text) {
        String clean = text;
        for (Map.Entry<String, String> replacement : REPLACEMENTS) {
            clean = clean.replace(replacement.getKey(), replacement.getValue());
        }
        return clean;
    }
}
