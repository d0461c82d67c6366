"""What to see on each picture of the lessons, by its name in ``plots.show``."""

OF = {
    "02_a_layer_outer_products": "One matrix product gives the same dW as an outer product for"
    " each of the four examples, added up.",
    "03_a_deep_network_names": "Read from left to right for the way forward, and the lower row"
    " from right to left for the way back.",
    "03_a_deep_network_all_arrays": "Read the left side up and the right side down: where a"
    " pre-activation is far from 0, little of the gradient above it gets through.",
    "05_the_data_classes": "The columns are the nine classes; sizes, turns and greys differ in"
    " each image.",
    "05_the_data_mean_square": "Most images have a small mean square, and a few a large one: the"
    " loudest image has many times that of the quietest.",
    "06_costs_and_plateaus_surfaces": "The cross-entropy goes on rising to the corners, while"
    " the quadratic cost becomes flat there.",
    "06_costs_and_plateaus_cuts": "At W1 = 4 the cross-entropy has a slope where the quadratic"
    " cost has none.",
    "06_costs_and_plateaus_slopes": "Dark is flat: only the quadratic cost has dark corners.",
    "06_costs_and_plateaus_pull": "To the left, where the answer is most wrong, cross-entropy"
    " goes on pulling, and the square behind tanh lets go.",
    "07_what_random_weights_do_theories": "On the left the signal dies out, in all theories. On"
    " the right it drifts down, which only the theories that bend foresee.",
    "07_what_random_weights_do_figure_6": "Above, each layer is closer to 0 than the one below"
    " it; the lower panel, ten times finer, has five curves that are nearly alike.",
    "08_the_way_back_figure_7": "Under standard weights the lower layers' gradients are closer"
    " to 0; under normalized weights all layers are closer to alike.",
    "08_the_way_back_figure_8": "The gradients of the weights are alike in all layers, under"
    " standard weights too.",
    "08_the_way_back_product": "z falls from layer to layer as much as ds rises: their product"
    " stays.",
    "09_jacobians_ellipse": "A small circle of changes of z becomes an ellipse; each dashed"
    " arrow becomes the solid one of its colour.",
    "09_jacobians_quarter_circle": "The larger the matrix, the closer its singular values come"
    " to the quarter of a circle.",
    "11_the_sigmoid_plateau_figure_2": "The top layer falls to 0 at once, and the test error"
    " stays at the chance level; with four layers the top one opens later, and the error falls.",
    "12_layer_by_layer_figures_3_and_10": "Tanh under standard weights saturates layer by layer,"
    " the lowest first; the others go more nearly together.",
    "12_layer_by_layer_figure_4": "Tanh piles up at -1 and 1 in layer 1; softsign has many"
    " values at the knees between the middle and the ends.",
    "13_gradients_while_learning_ds": "Under standard weights the layers start far apart and"
    " come together as the network learns.",
    "13_gradients_while_learning_figure_9": "Under standard weights the gradients of the weights"
    " start together and drift apart.",
    "13_gradients_while_learning_jacobians": "The mean singular value (lines) stays or falls, while"
    " the largest (markers) of layers 2 and 3 grows as the network learns.",
    "14_the_race_quick": "At width 100 two of the five networks do not leave the chance level.",
    "14_the_race_long": "Up to 25 million images: normalized tanh is ahead early on and level at"
    " the end; softsign with normalized weights ends lowest.",
    "15_real_digits_figure_12": "On MNIST, too, normalized weights are ahead of standard ones.",
    "15_real_digits_confusion": "The lightest cells are the digits that are most often taken"
    " for each other.",
    "15_real_digits_mistakes": "Misclassified digits: some would puzzle a reader as well.",
    "16_photographs_figure_12": "On CIFAR-10 the errors are much higher, and normalized weights"
    " are ahead again.",
    "16_photographs_by_heart": "With many images the two errors stay together; with few they"
    " part, and the cost on new images rises.",
    "16_photographs_weights": "What units of the first layer look for: blobs and edges of colour.",
    "16_photographs_mistakes": "Misclassified photographs, with what the network took them for.",
    "17_table_1_rows": "At 200,000 images all rows but the sigmoid's are far from the paper's; each"
    " tick is a seed.",
    # what came after
    "01_batch_normalization_start": "With a norm z has the same size in every layer, and ds"
    " grows on its way down.",
    "01_batch_normalization_plateau": "Batch norm learns at once at each rate; without a norm"
    " the network stays at the chance level, or leaves it late.",
    "01_batch_normalization_landscape": "With batch norm the gradient changes half as much along"
    " a step, with noise or without.",
    "02_normalization_without_a_batch_unit": "Plain descent follows the batches at a small rate"
    " and is thrown far off at a larger one; the natural step follows at a rate of 0.1.",
    "02_normalization_without_a_batch_sizes": "Batch norm hardly learns from two images at a"
    " time, and from one it cannot; layer norm and batchless do not mind.",
    "03_representation_alignment_time": "The top layer's strongest directions turn towards the"
    " labels: true ones from the start on, labels by chance after 30 epochs.",
    "03_representation_alignment_speed": "Labels that lie along the first directions (left) are"
    " nearly learnt after ten steps (right).",
    "03_representation_alignment_transfer": "Only where the two answers are nearly always the"
    " same is the trained layer ahead of the input.",
    "04_gradient_starvation_margins": "For long nothing seems to happen; then the margin rises"
    " all at once.",
    "04_gradient_starvation_starts": "Dark starts end in learning, pale ones do not; the line"
    " between them is that of theory.",
    "04_gradient_starvation_features": "The hinge never learns all of the second feature;"
    " cross-entropy goes on, ever more slowly.",
    "04_gradient_starvation_digits": "The more training digits have a mark, the less is learnt"
    " of the digits themselves.",
    "05_rectifiers_and_dropout_start": "Under he weights relu keeps the size of the signal, and"
    " ELU lets it grow a little; under the others it shrinks.",
    "05_rectifiers_and_dropout_learning": "Through 20 layers of relu only he learns; with eight"
    " layers, ELU under he is ahead.",
    "06_deep_linear_networks_depth": "One layer learns all modes at one pace; with more, each waits"
    " and then rises at once, the strongest first. The dots follow the formula.",
    "06_deep_linear_networks_components": "In one layer or three, linear or tanh, the error along"
    " the first component goes first. The dots follow the formula for one layer.",
    "07_one_examples_gradient_gram": "Images in order of their class. Red pairs ask for the same"
    " step, blue ones undo each other: on the plateau each class is a red block, in pale blue.",
    "08_the_edge_of_chaos_theory": "Below 1 signal and gradient fade; above, two inputs lose what"
    " they have in common and the gradient explodes. The dots are theory.",
    "08_the_edge_of_chaos_learning": "Fifty layers learn near the edge only, and from orthogonal"
    " weights they learn most, at either rate.",
    "09_k_fac_fisher": "Two blocks, each a product of two small matrices, are much like the truth;"
    " what ties the layers to each other is left out.",
    "09_k_fac_race": "By the update K-FAC is ahead everywhere. By the clock it is"
    " where weights are so small that plain descent stands still.",
    "10_pre_training_mended": "From what is seen in the second row the coder makes the third:"
    " large shapes come back, corners do not. Two units, below, watch one spot each.",
    "10_pre_training_five": "Before any label, the layers of the plain network tell images apart"
    " less and less; pre-trained, all five do, and only then does the network leave chance.",
    "11_ways_off_the_plateau_table": "From top to bottom layer 5 tells images apart better at the"
    " start; only the last two rows are pale at every rate.",
    "11_ways_off_the_plateau_best": "Each at its best rate: four end together, weight norm begins"
    " late, and two stay above.",
    "12_what_would_you_do_today_moves": "The wider the network, the more one step does in its last"
    " layer and the less in its first; under maximal update each does the same at any width.",
    "12_what_would_you_do_today_rates": "Follow the lowest point of each line from width to"
    " width: with tanh under normalized weights it goes to smaller rates.",
}
