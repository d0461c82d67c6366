"""What to see on each picture of the lessons, by its name in ``plots.show``."""

OF = {
    "02_a_layer_outer_products": "One matrix product gives the same dW as an outer product for"
    " each of the four examples, added up.",
    "03_a_deep_network_names": "Read from left to right for the way forward, and the lower row"
    " from right to left for the way back.",
    "03_a_deep_network_all_arrays": "Read the left side down and the right side up: where a"
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
    " pulls hardest, and the square behind tanh lets go.",
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
    " stays at the chance level; with four layers it rises again.",
    "12_layer_by_layer_figures_3_and_10": "Tanh under standard weights saturates layer by layer,"
    " the lowest first; the others go more nearly together.",
    "12_layer_by_layer_figure_4": "Tanh piles up at -1 and 1 in layer 1; softsign has many"
    " values at the knees between the middle and the ends.",
    "13_gradients_while_learning_ds": "Under standard weights the layers start far apart and"
    " come together as the network learns.",
    "13_gradients_while_learning_figure_9": "Under standard weights the gradients of the weights"
    " start together and drift apart.",
    "13_gradients_while_learning_jacobians": "Under standard weights one singular value leaves"
    " the others behind: markers above, lines below.",
    "14_the_race_quick": "At width 100 two of the five networks do not leave the chance level.",
    "14_the_race_medium": "The two tanh networks start from the same draws, scaled two ways, and"
    " end apart.",
    "15_real_digits_figure_12": "On MNIST, too, normalized weights are ahead of standard ones.",
    "15_real_digits_confusion": "The darkest cells off the diagonal are the digits that are most"
    " often taken for each other.",
    "15_real_digits_mistakes": "Misclassified digits: some would puzzle a reader as well.",
    "16_photographs_figure_12": "On CIFAR-10 the errors are much higher, and normalized weights"
    " are ahead again.",
    "16_photographs_by_heart": "With many images the two errors stay together; with few they"
    " part, and the cost on new images rises.",
    "16_photographs_weights": "What units of the first layer look for: blobs and edges of colour.",
    "16_photographs_mistakes": "Misclassified photographs, with what the network took them for.",
    "17_table_1_rows": "At 200,000 images all rows are far from the paper's; each tick is a seed.",
    "17_table_1_long": "Up to 25 million images: softsign with normalized weights ends lowest here,"
    " the others a good way above.",
    # what came after
    "01_batch_normalization_start": "With a norm z has the same size in every layer, and ds"
    " grows on its way down.",
    "01_batch_normalization_plateau": "Without a norm the network stays at the chance level;"
    " with batch norm it learns at once.",
    "01_batch_normalization_landscape": "With batch norm the gradient changes half as much along"
    " a step, with noise or without.",
    "02_normalization_without_a_batch_unit": "The mean that the likelihood learns, and batch"
    " norm's running one, are the same line.",
    "02_normalization_without_a_batch_sizes": "One image at a time stops batch norm; layer norm"
    " and batchless hardly mind.",
    "03_representation_alignment_time": "The share of the labels in the five strongest"
    " directions, epoch by epoch.",
    "03_representation_alignment_speed": "What lies along the first directions is learnt first.",
    "03_representation_alignment_transfer": "The more often two questions have the same answer,"
    " the more one gains from the other.",
    "04_gradient_starvation_margins": "For long nothing seems to happen; then the margin rises"
    " all at once.",
    "04_gradient_starvation_starts": "Dark starts end in learning, pale ones do not; the line"
    " between them is that of theory.",
    "04_gradient_starvation_features": "The hinge never learns all of the second feature;"
    " cross-entropy goes on, ever more slowly.",
    "04_gradient_starvation_digits": "The more training digits have a mark, the less is learnt"
    " of the digits themselves.",
    "05_rectifiers_and_dropout_start": "With rectifiers, he weights keep the size of the signal.",
    "05_rectifiers_and_dropout_learning": "Through many layers only he learns; with eight,"
    " compare how soon each cost falls.",
    "07_one_examples_gradient_gram": "Red pairs ask for the same step, blue ones undo each"
    " other. On the plateau each class is a red block in pale blue.",
    "09_k_fac_fisher": "Two blocks, each a product of two small matrices, are much like the truth;"
    " what ties the layers to each other is left out.",
    "09_k_fac_race": "By the update K-FAC is ahead everywhere. By the clock it is"
    " where weights are so small that plain descent stands still.",
}
