package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.data.Row;
import java.util.List;

/**
 * The system under measurement: all that a suite may ask of a language model. Answers come in the order of the
 * questions, and a question's answer does not depend on the others of its batch but for the rounding of arithmetic.
 */
public interface EvaluatedModel {

    /** What tells this system from another, such as a digest of its weights: resumed work must be of the same system. */
    String identity();

    /**
     * Greedy continuations: the new tokens only, without special tokens.
     *
     * @param prompts raw texts, tokenised with the special tokens that the tokenizer adds
     * @param maxNewTokens where a continuation that has not ended is cut
     */
    List<String> generate(List<String> prompts, int maxNewTokens);

    /**
     * How unexpected each text is.
     *
     * @return mean negative log-likelihood per token in nats, over every token but the first; NaN for a text of one token
     */
    double[] documentNll(List<String> documents);

    /**
     * How unexpected each row's output is after its input.
     *
     * @return mean negative log-likelihood per token in nats, over the tokens of input and output glued together, but
     *     for as many leading tokens as the input alone has; NaN where none is left
     */
    double[] outputNll(List<Row> rows);

    /**
     * The logits that follow each prompt.
     *
     * @param options texts; the last token of each, tokenised alone without special tokens, is scored
     * @return one logit per prompt and option
     */
    double[][] nextTokenLogits(List<String> prompts, List<String> options);

    /** How many tokens a text has without special tokens. */
    int tokenCount(String text);

    /** How many positions the system can attend to. */
    int positions();
}
