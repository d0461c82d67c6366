"""The paper's equations as the site typesets them: the line that stands in a lesson, and LaTeX.

A block of a lesson is typeset if all of its lines stand here; all others stay as they are written.
"""

TEX = {
    # lesson 2
    "cost = 1/(2m) sum over e and k of (y[e, k] - targets[e, k])^2":
        r"\mathrm{cost} = \frac{1}{2m} \sum_{e,k} (y_{ek} - \mathrm{target}_{ek})^2",
    "dy   = (y - targets)/m": r"dy = (y - \mathrm{targets}) / m",
    # lesson 3
    "p[k] = exp(s2[k]) / (exp(s2[0]) + exp(s2[1]) + exp(s2[2]))":
        r"p_k = \frac{e^{s_{2,k}}}{e^{s_{2,0}} + e^{s_{2,1}} + e^{s_{2,2}}}",
    "cost = -log p[c]": r"\mathrm{cost} = -\log p_c",
    # lesson 5
    "Var[s] = x1^2 Var[W] + x2^2 Var[W] + ... = 1024 Var[W] * (mean square of x)":
        r"\mathrm{Var}[s] = x_1^2 \, \mathrm{Var}[W] + x_2^2 \, \mathrm{Var}[W] + \cdots"
        r" = 1024 \, \mathrm{Var}[W] \cdot \overline{x^2}",
    # lesson 6
    "p[e, k] = exp(output[e, k]) / sum over j of exp(output[e, j])":
        r"p_{ek} = \frac{e^{o_{ek}}}{\sum_j e^{o_{ej}}}",
    "cost    = 1/m sum over e of -log p[e, labels[e]]":
        r"\mathrm{cost} = \frac{1}{m} \sum_e -\log p_{e,\,\mathrm{label}_e}",
    # lesson 7
    "Var[s] = E[s^2] = n E[z^2] Var[W]":
        r"\mathrm{Var}[s] = E[s^2] = n \, E[z^2] \, \mathrm{Var}[W]",
    "E[z_i^2] = E[x^2] * product over j < i of  n_j Var[W_j]":
        r"E[z_i^2] = E[x^2] \prod_{j<i} n_j \, \mathrm{Var}[W_j]",
    # lesson 8
    "E[ds_i^2] = E[ds_d^2] * product over j > i of  n_{j+1} Var[W_j]":
        r"E[ds_i^2] = E[ds_d^2] \prod_{j>i} n_{j+1} \, \mathrm{Var}[W_j]",
    "E[dw_i^2] = E[z_i^2] E[ds_i^2]": r"E[dw_i^2] = E[z_i^2] \, E[ds_i^2]",
    "E[dw_{i+1}^2] = E[dw_i^2] * n_i Var[W_i] / (n_{i+2} Var[W_{i+1}])":
        r"E[dw_{i+1}^2] = E[dw_i^2] \,"
        r" \frac{n_i \, \mathrm{Var}[W_i]}{n_{i+2} \, \mathrm{Var}[W_{i+1}]}",
    "E[dW^2] = 1/m^2 * sum over e and f of  E[z_e z_f] E[ds_e ds_f]":
        r"E[dW^2] = \frac{1}{m^2} \sum_{e,f} E[z_e z_f] \, E[ds_e \, ds_f]",
    # lesson 9
    "mean = 1/pi * integral from 0 to 2 of s sqrt(4 - s^2) ds":
        r"\mathrm{mean} = \frac{1}{\pi} \int_0^2 s \sqrt{4 - s^2} \, ds",
    "= 1/(2 pi) * integral from 0 to 4 of sqrt(u) du = 1/(2 pi) * 2/3 * 4^(3/2) = 8/(3 pi)":
        r"= \frac{1}{2\pi} \int_0^4 \sqrt{u} \, du"
        r" = \frac{1}{2\pi} \cdot \frac{2}{3} \cdot 4^{3/2} = \frac{8}{3\pi}",
    # lesson 15
    "sqrt(p (1 - p) / n)": r"\sqrt{p \, (1 - p) / n}",
}  # fmt: skip
