package dev.lethe.unlearning.suite;

import dev.lethe.unlearning.data.EncodedRow;
import dev.lethe.unlearning.data.Row;
import dev.lethe.unlearning.metric.TokenScores;
import dev.lethe.unlearning.model.Quantization;
import dev.lethe.unlearning.training.Relearning;
import java.nio.file.Path;
import java.util.List;

/**
 * The model under evaluation: all that a suite may ask of it. Answers have the order of the questions, and do not
 * depend on the other questions of a batch, except for rounding.
 */
public interface EvaluatedModel {

    /** Identifies the model, such as by a digest of its weights: work is resumed only for the same model. */
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
     * @return mean negative log-likelihood per token in nats, over the tokens of input and output joined, without as
     *     many leading tokens as the input alone has; NaN where none is left
     */
    double[] outputNll(List<Row> rows);

    /**
     * The scores of each row's output after its input, in one forward pass: as in training, the input is tokenised with the
     * special tokens that the tokenizer adds, and the output apart, here without an end of text.
     *
     * @return a score for every token of the output; none where it has none
     */
    List<TokenScores> answerScores(List<Row> rows);

    /** The tokens that {@link #answerScores} scores, with those of the input before them. */
    List<EncodedRow> tokens(List<Row> rows);

    /** The scores of each text's tokens but the first, in one forward pass; none for a text of one token. */
    List<TokenScores> documentScores(List<String> documents);

    /**
     * The logits that follow each prompt.
     *
     * @param options texts; the last token of each, tokenised alone without special tokens, is scored
     * @return one logit per prompt and option
     */
    double[][] nextTokenLogits(List<String> prompts, List<String> options);

    /** How many tokens a text has without special tokens. */
    int tokenCount(String text);

    /** How many positions the model can attend to. */
    int positions();

    /**
     * The model after an attack; equal arguments give equal models, but for rounding.
     *
     * @param rows that the attack trains on, at least one
     * @param stepped run after every step
     */
    DerivedModel relearned(Relearning attack, List<Row> rows, Runnable stepped);

    /**
     * Another model, with its own tokenizer.
     *
     * @param folder of the model
     * @throws dev.lethe.merge.InvalidInput where there is no model that can be read
     */
    DerivedModel other(Path folder);

    /** The model with rounded weights. */
    DerivedModel quantized(Quantization precision);
}
